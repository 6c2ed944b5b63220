/**
 * Pulumi's wire protocol, as the SDK's own generated stubs speak it. gRPC and protobuf are resolved from where `@pulumi/pulumi` finds
 * them: messages of a second copy of google-protobuf are not instances of the classes that the stubs check for.
 *
 * Every start of the provider loads this file, so messages that only some calls need are loaded by those calls.
 */
import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import * as providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import type * as Any from "google-protobuf/google/protobuf/any_pb";
import type * as Empty from "google-protobuf/google/protobuf/empty_pb";
import type * as Struct from "google-protobuf/google/protobuf/struct_pb";

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

const grpc: typeof Grpc = fromSdk("@grpc/grpc-js");
const structProto: typeof Struct = fromSdk("google-protobuf/google/protobuf/struct_pb");
const emptyProto: typeof Empty = fromSdk("google-protobuf/google/protobuf/empty_pb");

export type { Grpc, Struct };
export { emptyProto, grpc, pluginProto, providerGrpc, providerProto, structProto };

/** Messages inside the details of an error. */
export function detailProtos() {
  const anyProto: typeof Any = fromSdk("google-protobuf/google/protobuf/any_pb");
  const statusProto = require("@pulumi/pulumi/proto/status_pb") as typeof import("@pulumi/pulumi/proto/status_pb");
  const errorsProto = require("@pulumi/pulumi/proto/errors_pb") as typeof import("@pulumi/pulumi/proto/errors_pb");
  return { anyProto, errorsProto, statusProto };
}

/** Largest message either side sends, in bytes: what Pulumi's engine and SDK allow. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Options of every channel and server. A proxy of the environment must not be used between processes of one machine. */
export const CHANNEL_OPTIONS: Grpc.ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  "grpc.enable_http_proxy": 0,
};
