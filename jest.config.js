/** Tests read the TypeScript sources; whole-program tests also use the build in dist, as users do. */
const usesCli = process.env.TEST_ENGINE === "cli";

module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  // Tests of the Pulumi CLI's own operations, and programs in YAML, need the CLI.
  testPathIgnorePatterns: [
    "/node_modules/",
    ...(usesCli ? [] : ["<rootDir>/test/pulumi/", "<rootDir>/test/programs/yaml/"]),
  ],
  transform: {
    "^.+\\.[cm]?[jt]s$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
    ],
  },
  // Packages that are ES modules alone.
  transformIgnorePatterns: [
    "node_modules/(?!(p-limit|yocto-queue|string-width|get-east-asian-width|strip-ansi|ansi-regex|ai|@ai-sdk|eventsource-parser|@standard-schema|@workflow|zod/v4/(core|locales))/)",
  ],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.toolchain/", "<rootDir>/.local/"],
  // A hang must end; how long a test takes on a busy machine must not matter.
  testTimeout: 300_000,
  maxWorkers: 2,
};
