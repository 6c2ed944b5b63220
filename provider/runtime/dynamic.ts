/**
 * The former path of `pulumi-ngrok-ai/dynamic`. States written by 0.1 may name it, so it stays.
 * The entry itself is `provider/dynamic`.
 */
export { provider } from "../dynamic";
