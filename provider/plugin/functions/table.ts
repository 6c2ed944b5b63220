/** The provider's functions: what each takes, and what documents say of it. The schema is written from this table. */

/** An argument of a function. */
export interface FunctionArgument {
  readonly type: "string" | "integer";
  readonly description: string;
  readonly isRequired?: true;
}

interface GatewayFunction {
  readonly description: string;
  readonly args: Readonly<Record<string, FunctionArgument>>;
  /** Kind of the object that the function returns; none for what is no resource. */
  readonly kind?: string;
}

const FOUND = "Fails where there is none, or more than one.";

function lookUp(kind: string, what: string, prefix: string): GatewayFunction {
  return {
    kind,
    description: `Looks up ${what} that is managed elsewhere, by its id or its name. ${FOUND}`,
    args: {
      id: { type: "string", description: `Its id, \`${prefix}_…\`. Give this or \`name\`.` },
      name: {
        type: "string",
        description: "Its name. Names need not be unique: an error names the ids of all that have it.",
      },
    },
  };
}

export const FUNCTIONS = {
  getCustomProvider: {
    kind: "CustomProvider",
    description:
      "Looks up a custom provider that is managed elsewhere, by its `providerId`. Fails where there is none.",
    args: {
      providerId: {
        type: "string",
        description: "The name by which models and rules address the provider.",
        isRequired: true,
      },
    },
  },
  getProviderKey: lookUp("ProviderKey", "a provider key", "aigpk"),
  getAccessConfiguration: lookUp("AccessConfiguration", "an access configuration", "aigac"),
  getAccessKey: lookUp("AccessKey", "an access key", "aigak"),
  getModels: {
    description: "Lists the models that the account can use: those of the catalog, and those of its custom providers.",
    args: {
      provider: {
        type: "string",
        description: "Lists the models of this provider alone, such as `openai`, or a `providerId`.",
      },
    },
  },
  getUsage: {
    description:
      "Reads what was used in a window of time: requests, errors and costs in US dollars, by day and in total.",
    args: {
      startTime: { type: "string", description: "Beginning of the window (RFC 3339).\n\nDefault: `days` before now." },
      endTime: { type: "string", description: "End of the window (RFC 3339).\n\nDefault: now." },
      days: {
        type: "integer",
        description: "Length of a window that ends now, in days. Not together with `startTime`.\n\nDefault: 7.",
      },
      groupBy: {
        type: "string",
        description: "What each day is broken down by: `provider` or `accessKey`.\n\nDefault: nothing.",
      },
    },
  },
} as const satisfies Readonly<Record<string, GatewayFunction>>;

export type FunctionName = keyof typeof FUNCTIONS;

const PREFIX = "ngrok-ai:index:";

export function functionToken(name: string): string {
  return PREFIX + name;
}

/** The function that a token names; `undefined` where this version has none such. */
export function functionOf(token: string): FunctionName | undefined {
  const name = token.slice(PREFIX.length);
  return token.startsWith(PREFIX) && Object.hasOwn(FUNCTIONS, name) ? (name as FunctionName) : undefined;
}
