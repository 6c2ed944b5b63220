/** The provider of the package `noop`, which does nothing and leaves all other work to the engine. */
const { createRequire } = require("node:module");

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const grpc = fromSdk("@grpc/grpc-js");
const { Empty } = fromSdk("google-protobuf/google/protobuf/empty_pb");
const messages = require("@pulumi/pulumi/proto/provider_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");

let count = 0;
const answers = {
  check(request) {
    const response = new messages.CheckResponse();
    response.setInputs(request.getNews());
    return response;
  },
  diff() {
    const response = new messages.DiffResponse();
    response.setChanges(1);
    return response;
  },
  create(request) {
    count += 1;
    const response = new messages.CreateResponse();
    response.setId(`noop-${count}`);
    response.setProperties(request.getProperties());
    return response;
  },
  delete: () => new Empty(),
  configure: () => new messages.ConfigureResponse(),
  cancel: () => new Empty(),
  getPluginInfo: () => new PluginInfo(),
};
const unimplemented = (_call, callback) => callback({ code: grpc.status.UNIMPLEMENTED, details: "not here" });
const handlers = Object.fromEntries(
  Object.keys(ResourceProviderService).map((name) => {
    const answer = answers[name];
    return [name, answer === undefined ? unimplemented : (call, callback) => callback(null, answer(call.request))];
  }),
);
const server = new grpc.Server();
server.addService(ResourceProviderService, handlers);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
