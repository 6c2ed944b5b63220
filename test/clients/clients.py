"""Python clients with their default settings, through the local gateway and against the local Azure.

Run by python.test.ts, which starts both and passes their addresses in the environment. Prints nothing of its own: unittest reports.
Does not prove that the hosted services answer the same.
"""

import os
import unittest

# litellm otherwise downloads its table of prices when it is imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import anthropic
import litellm
import openai
from langchain_core.tools import tool
from langchain_openai import AzureChatOpenAI, ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

GATEWAY = os.environ["GATEWAY_URL"]
TOKEN = os.environ["GATEWAY_TOKEN"]
AZURE = os.environ["AZURE_ENDPOINT"]
AZURE_KEY = os.environ["AZURE_KEY"]
API_VERSION = "2024-10-21"
WRONG_TOKEN = "ng-wrong"

BUILT_IN = "openai:gpt-5-mini"
CLAUDE = "anthropic:claude-sonnet-4-5"
CHAT = "azure-swedencentral:chat"
VECTORS = "azure-swedencentral:vectors"
QUESTION = [{"role": "user", "content": "What is the weather?"}]
DIMENSIONS = 1536

PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": PARAMETERS, "strict": True}}]


class Place(BaseModel):
    city: str
    population: int


def streamed_text(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


class OpenAIChecks:
    """The same for each client and model of the openai package."""

    embedding_model = None

    def test_plain_and_streaming(self):
        plain = self.client.chat.completions.create(model=self.model, messages=QUESTION)
        self.assertIn(self.answerer, plain.choices[0].message.content)
        self.assertGreater(plain.usage.total_tokens, 0)
        with self.client.chat.completions.create(model=self.model, messages=QUESTION, stream=True) as chunks:
            self.assertEqual(streamed_text(chunks), plain.choices[0].message.content)

    def test_tools(self):
        answer = self.client.chat.completions.create(model=self.model, messages=QUESTION, tools=TOOLS)
        [call] = answer.choices[0].message.tool_calls
        self.assertEqual(call.function.name, "weather")
        self.assertIn("city", call.function.arguments)

    def test_structured_outputs(self):
        answer = self.client.chat.completions.parse(model=self.model, messages=QUESTION, response_format=Place)
        self.assertIsInstance(answer.choices[0].message.parsed, Place)

    def test_embeddings(self):
        answer = self.client.embeddings.create(model=self.embedding_model, input=["one", "two"])
        self.assertEqual([len(item.embedding) for item in answer.data], [DIMENSIONS, DIMENSIONS])


class OpenAIThroughGateway(OpenAIChecks, unittest.TestCase):
    client = openai.OpenAI(base_url=f"{GATEWAY}/v1", api_key=TOKEN)
    model = CHAT
    embedding_model = VECTORS
    answerer = "deployment chat of the Azure OpenAI resource contoso"

    def test_responses(self):
        self.assertIn("openai", self.client.responses.create(model=BUILT_IN, input="Who are you?").output_text)

    def test_errors(self):
        with self.assertRaises(openai.AuthenticationError) as wrong:
            openai.OpenAI(base_url=f"{GATEWAY}/v1", api_key=WRONG_TOKEN).models.list()
        self.assertIn("ERR_NGROK_27007", str(wrong.exception))
        with self.assertRaises(openai.APIStatusError) as unknown:
            self.client.chat.completions.create(model="nowhere:model", messages=QUESTION)
        self.assertIn("ERR_NGROK_", str(unknown.exception))


class OpenAIOnAzureV1(OpenAIChecks, unittest.TestCase):
    client = openai.OpenAI(base_url=f"{AZURE}/openai/v1", api_key=AZURE_KEY)
    model = "chat"
    embedding_model = "vectors"
    answerer = "deployment chat of the Azure OpenAI resource contoso"


class AzureOpenAIOnDatedRoutes(OpenAIChecks, unittest.TestCase):
    client = openai.AzureOpenAI(azure_endpoint=AZURE, api_key=AZURE_KEY, api_version=API_VERSION)
    model = "chat"
    embedding_model = "vectors"
    answerer = "deployment chat of the Azure OpenAI resource contoso"

    def test_errors(self):
        with self.assertRaises(openai.NotFoundError) as missing:
            self.client.chat.completions.create(model="missing", messages=QUESTION)
        self.assertEqual(missing.exception.code, "DeploymentNotFound")
        with self.assertRaises(openai.BadRequestError) as refused:
            self.client.chat.completions.create(model="chat", messages=QUESTION, max_tokens=10)
        self.assertIn("max_completion_tokens", str(refused.exception))


class AnthropicThroughGateway(unittest.TestCase):
    client = anthropic.Anthropic(base_url=GATEWAY, api_key=TOKEN)
    request = {"model": CLAUDE, "max_tokens": 100, "messages": QUESTION}

    def test_plain_and_streaming(self):
        plain = self.client.messages.create(**self.request)
        self.assertIn("anthropic", plain.content[0].text)
        with self.client.messages.stream(**self.request) as stream:
            self.assertEqual("".join(stream.text_stream), plain.content[0].text)

    def test_tools(self):
        answer = self.client.messages.create(**self.request, tools=[{"name": "weather", "input_schema": PARAMETERS}])
        self.assertEqual((answer.stop_reason, answer.content[0].name), ("tool_use", "weather"))
        self.assertIn("city", answer.content[0].input)

    def test_errors(self):
        with self.assertRaises(anthropic.AuthenticationError) as wrong:
            anthropic.Anthropic(base_url=GATEWAY, api_key=WRONG_TOKEN).messages.create(**self.request)
        self.assertIn("ERR_NGROK_27007", str(wrong.exception))


class LiteLLM(unittest.TestCase):
    through_gateway = {"api_base": f"{GATEWAY}/v1", "api_key": TOKEN}
    on_azure = {"api_base": AZURE, "api_key": AZURE_KEY, "api_version": API_VERSION}

    def routes(self):
        yield {"model": f"openai/{CHAT}", **self.through_gateway}
        yield {"model": "azure/chat", **self.on_azure}

    def test_plain_and_streaming(self):
        for route in self.routes():
            with self.subTest(route["model"]):
                plain = litellm.completion(messages=QUESTION, **route)
                text = plain.choices[0].message.content
                self.assertIn("deployment chat", text)
                self.assertEqual(streamed_text(litellm.completion(messages=QUESTION, stream=True, **route)), text)

    def test_tools(self):
        for route in self.routes():
            with self.subTest(route["model"]):
                answer = litellm.completion(messages=QUESTION, tools=TOOLS, **route)
                self.assertEqual(answer.choices[0].message.tool_calls[0].function.name, "weather")

    def test_structured_outputs(self):
        for route in self.routes():
            with self.subTest(route["model"]):
                answer = litellm.completion(messages=QUESTION, response_format=Place, **route)
                Place.model_validate_json(answer.choices[0].message.content)

    def test_embeddings(self):
        for model, route in ((f"openai/{VECTORS}", self.through_gateway), ("azure/vectors", self.on_azure)):
            with self.subTest(model):
                answer = litellm.embedding(model=model, input=["one"], **route)
                self.assertEqual(len(answer.data[0]["embedding"]), DIMENSIONS)

    def test_errors(self):
        with self.assertRaises(litellm.AuthenticationError):
            litellm.completion(
                model=f"openai/{CHAT}", messages=QUESTION, api_base=f"{GATEWAY}/v1", api_key=WRONG_TOKEN
            )


@tool
def weather(city: str) -> str:
    """Says how the weather is."""
    return "sunny"


class LangChain(unittest.TestCase):
    def chats(self):
        yield ChatOpenAI(model=CHAT, base_url=f"{GATEWAY}/v1", api_key=TOKEN)
        yield ChatOpenAI(model="chat", base_url=f"{AZURE}/openai/v1", api_key=AZURE_KEY)
        yield AzureChatOpenAI(
            azure_deployment="chat", azure_endpoint=AZURE, api_key=AZURE_KEY, api_version=API_VERSION
        )

    def test_plain_and_streaming(self):
        for chat in self.chats():
            with self.subTest(type(chat).__name__):
                answer = chat.invoke("Who are you?")
                self.assertIn("deployment chat", answer.text)
                self.assertEqual("".join(chunk.text for chunk in chat.stream("Who are you?")), answer.text)

    def test_tools(self):
        for chat in self.chats():
            with self.subTest(type(chat).__name__):
                [call] = chat.bind_tools([weather]).invoke("How is the weather?").tool_calls
                self.assertEqual((call["name"], list(call["args"])), ("weather", ["city"]))

    def test_structured_outputs(self):
        for chat in self.chats():
            with self.subTest(type(chat).__name__):
                self.assertIsInstance(chat.with_structured_output(Place).invoke("Where?"), Place)

    def test_embeddings(self):
        # By default it counts tokens first, with a file that it downloads.
        options = {"check_embedding_ctx_length": False}
        for client in (
            OpenAIEmbeddings(model=VECTORS, base_url=f"{GATEWAY}/v1", api_key=TOKEN, **options),
            OpenAIEmbeddings(model="vectors", base_url=f"{AZURE}/openai/v1", api_key=AZURE_KEY, **options),
        ):
            with self.subTest(client.model):
                self.assertEqual(len(client.embed_query("one")), DIMENSIONS)

    def test_errors(self):
        with self.assertRaises(openai.AuthenticationError) as wrong:
            ChatOpenAI(model=CHAT, base_url=f"{GATEWAY}/v1", api_key=WRONG_TOKEN).invoke("Hi")
        self.assertIn("ERR_NGROK_27007", str(wrong.exception))


# The checks that the classes above share are no tests of their own.
del OpenAIChecks

if __name__ == "__main__":
    unittest.main(verbosity=2)
