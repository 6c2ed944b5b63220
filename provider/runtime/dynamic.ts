/**
 * The path of `pulumi-ngrok-ai/dynamic` that states of version 0.1 may name, so it must stay. The entry itself is `provider/dynamic`.
 */
export { provider } from "../dynamic";
