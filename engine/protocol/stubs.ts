/**
 * Pulumi's wire protocol, through the generated stubs of the installed SDK.
 *
 * gRPC and protobuf are resolved from `@pulumi/pulumi`: messages of a second copy of google-protobuf are not instances of
 * the classes that the stubs check for.
 */
import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import * as aliasProto from "@pulumi/pulumi/proto/alias_pb";
import * as callbackGrpc from "@pulumi/pulumi/proto/callback_grpc_pb";
import * as callbackProto from "@pulumi/pulumi/proto/callback_pb";
import * as engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import * as providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import * as monitorGrpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as monitorProto from "@pulumi/pulumi/proto/resource_pb";
import * as statusProto from "@pulumi/pulumi/proto/status_pb";
import type * as Any from "google-protobuf/google/protobuf/any_pb";
import type * as Empty from "google-protobuf/google/protobuf/empty_pb";
import type * as Struct from "google-protobuf/google/protobuf/struct_pb";

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

const grpc: typeof Grpc = fromSdk("@grpc/grpc-js");
const anyProto: typeof Any = fromSdk("google-protobuf/google/protobuf/any_pb");
const structProto: typeof Struct = fromSdk("google-protobuf/google/protobuf/struct_pb");
const emptyProto: typeof Empty = fromSdk("google-protobuf/google/protobuf/empty_pb");

export type { Grpc, Struct };
export {
  aliasProto,
  anyProto,
  callbackGrpc,
  callbackProto,
  emptyProto,
  engineGrpc,
  engineProto,
  grpc,
  monitorGrpc,
  monitorProto,
  pluginProto,
  providerGrpc,
  providerProto,
  statusProto,
  structProto,
};

/** Largest message in either direction, in bytes: the limit of Pulumi's engine and SDK. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Options of every channel and server. Connections within one machine must not use a proxy from the environment. */
export const CHANNEL_OPTIONS: Grpc.ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  "grpc.enable_http_proxy": 0,
};

/** The pairs of a protobuf map; the map's own `toArray` returns messages as raw arrays. */
export function mapEntries<Value>(map: {
  forEach(visit: (value: Value, key: string) => void): void;
}): [key: string, value: Value][] {
  const entries: [string, Value][] = [];
  map.forEach((value, key) => {
    entries.push([key, value]);
  });
  return entries;
}
