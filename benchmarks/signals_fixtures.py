"""Write tests/systems/fixtures/ from the types of the providers' SDKs: an answer for every value that an SDK knows.

    pip install anthropic openai google-genai botocore mistralai
    python benchmarks/signals_fixtures.py

The SDKs are no dependencies of the project, so this runs in an environment of its own. Each file says which SDK, which
version and which values were seen in it. Nothing in it was recorded from a live service. A value that the table of
signals lacks is printed, and fails a test until the table says what it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from refusals.systems._signals import providers

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "systems" / "fixtures"
BUILT = "from the types of the SDK; not recorded from a live service"
TEXT = "Of course. First read the manual."

Json = dict[str, Any]
Made = Callable[[str], Json]  # an answer with a value
Known = Mapping[str, tuple[list[str], Made]]  # by field


def literals(annotation: object) -> list[str]:
    """Return the strings that a type allows by name."""
    if get_origin(annotation) is Literal:
        return [value for value in get_args(annotation) if isinstance(value, str)]
    return list(dict.fromkeys(value for part in get_args(annotation) for value in literals(part)))


def anthropic_messages() -> Known:
    """Return what `anthropic` knows, its beta types among it."""
    from anthropic.types import Message, RefusalStopDetails, TextBlock, Usage
    from anthropic.types.beta.beta_stop_reason import BetaStopReason
    from anthropic.types.stop_reason import StopReason

    def answer(reason: str, details: RefusalStopDetails | None = None) -> Json:
        made = Message.model_construct(
            id="msg_1", type="message", role="assistant", model="m-1", stop_reason=reason, stop_details=details,
            content=[TextBlock(type="text", text=TEXT, citations=None)], usage=Usage(input_tokens=9, output_tokens=5),
        )  # fmt: skip
        return made.model_dump(mode="json", warnings=False)

    def refused(kind: str) -> Json:
        return answer("end_turn", RefusalStopDetails(type=kind, category="cyber", explanation=None))

    reasons = list(dict.fromkeys([*literals(StopReason), *literals(BetaStopReason)]))
    kinds = literals(RefusalStopDetails.model_fields["type"].annotation)
    return {"stop_reason": (reasons, answer), "stop_details.type": (kinds, refused)}


def openai_chat() -> Known:
    """Return what `openai` knows of Chat Completions."""
    from openai.types.chat.chat_completion import Choice

    reasons = literals(Choice.model_fields["finish_reason"].annotation)
    return {
        "finish_reason": (reasons, completion),
        "message.refusal": (["any text"], lambda text: completion("stop", refusal=text)),
    }


def completion(reason: str, *, refusal: str | None = None, **more: Any) -> Json:
    """Return an answer of Chat Completions; `more` are fields of its choice that are not OpenAI's own."""
    from openai.types.chat import ChatCompletion

    message = {"role": "assistant", "content": None if refusal else TEXT, "refusal": refusal}
    made = ChatCompletion.model_validate(
        {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m-1",
            "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None, **more}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14},
        }
    )  # fmt: skip
    return made.model_dump(mode="json")


def openai_responses() -> Known:
    """Return what `openai` knows of Responses."""
    from openai.types.responses import Response, ResponseError, ResponseOutputMessage
    from openai.types.responses.response import IncompleteDetails

    def answer(status: str, part: Json | None = None, **more: Any) -> Json:
        content = [part or {"type": "output_text", "text": TEXT, "annotations": []}]
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content}
        usage = {"input_tokens": 9, "output_tokens": 5, "total_tokens": 14}
        made = Response.model_validate(
            {
                "id": "resp_1", "object": "response", "created_at": 1, "model": "m-1", "status": status,
                "output": [] if "error" in more else [item], "parallel_tool_calls": False, "tool_choice": "auto",
                "tools": [],
                "usage": {**usage, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                          "output_tokens_details": {"reasoning_tokens": 0}}, **more,
            }
        )  # fmt: skip
        return made.model_dump(mode="json", exclude_unset=True)

    def of_part(kind: str) -> Json:
        return answer("completed", {"type": kind, "text": TEXT, "annotations": [], "refusal": "No."})

    parts = get_args(get_args(ResponseOutputMessage.model_fields["content"].annotation)[0])[0]
    kinds = [value for part in get_args(parts) for value in literals(part.model_fields["type"].annotation)]
    statuses = literals(Response.model_fields["status"].annotation)
    reasons = literals(IncompleteDetails.model_fields["reason"].annotation)
    codes = literals(ResponseError.model_fields["code"].annotation)
    return {
        "content.type": (kinds, of_part),
        "status": (statuses, answer),
        "incomplete_details.reason": (reasons, lambda r: answer("incomplete", incomplete_details={"reason": r})),
        "error.code": (codes, lambda code: answer("failed", error={"code": code, "message": "Sorry."})),
    }


def azure_openai() -> Known:
    """Return answers of Azure: OpenAI's types, with the fields that Microsoft documents and they do not know."""
    from openai.types.chat.chat_completion import Choice

    safe = {"hate": {"filtered": False, "severity": "safe"}, "violence": {"filtered": False, "severity": "safe"}}
    reasons = literals(Choice.model_fields["finish_reason"].annotation)

    def fault(code: str) -> Json:
        return completion("stop", content_filter_results={"error": {"code": code, "message": "Not filtered."}})

    def refused(**codes: str) -> Json:
        inner = {"code": codes["inner"], "content_filter_result": {"hate": {"filtered": True, "severity": "high"}}}
        return {"http_status": 400, "error": {"code": codes["outer"], "message": "Filtered.", "innererror": inner}}

    return {
        "finish_reason": (reasons, lambda reason: completion(reason, content_filter_results=safe)),
        "content_filter_results.error.code": (["content_filter_error"], fault),
        "error.code": (["content_filter"], lambda code: refused(outer=code, inner="other")),
        "error.innererror.code": (["ResponsibleAIPolicyViolation"], lambda code: refused(outer="other", inner=code)),
    }


def gemini() -> Known:
    """Return what `google-genai` knows."""
    from google.genai.types import (
        BlockedReason,
        Candidate,
        Content,
        FinishReason,
        GenerateContentResponse,
        GenerateContentResponsePromptFeedback,
        GenerateContentResponseUsageMetadata,
        Part,
    )

    def dumped(**fields: Any) -> Json:
        usage = GenerateContentResponseUsageMetadata(prompt_token_count=9, candidates_token_count=5)
        made = GenerateContentResponse(model_version="m-1", usage_metadata=usage, **fields)
        return made.model_dump(mode="json", by_alias=True, exclude_none=True)

    def ended(reason: str) -> Json:
        content = Content(role="model", parts=[Part(text=TEXT)])
        return dumped(candidates=[Candidate(content=content, finish_reason=FinishReason(reason))])

    def blocked(reason: str) -> Json:
        return dumped(prompt_feedback=GenerateContentResponsePromptFeedback(block_reason=BlockedReason(reason)))

    return {
        "promptFeedback.blockReason": ([each.value for each in BlockedReason], blocked),
        "finishReason": ([each.value for each in FinishReason], ended),
    }


def bedrock_converse() -> Known:
    """Return what the service model of `botocore` knows."""
    from botocore.session import get_session
    from botocore.validate import validate_parameters

    model = get_session().get_service_model("bedrock-runtime")
    shape = model.operation_model("Converse").output_shape

    def answer(reason: str) -> Json:
        message = {"role": "assistant", "content": [{"text": TEXT}]}
        usage = {"inputTokens": 9, "outputTokens": 5, "totalTokens": 14}
        made = {"output": {"message": message}, "stopReason": reason, "usage": usage, "metrics": {"latencyMs": 7}}
        validate_parameters(made, shape)
        return made

    return {"stopReason": (list(model.shape_for("StopReason").enum), answer)}


def mistral() -> Known:
    """Return what `mistralai` knows."""
    from mistralai.client.models import AssistantMessage, ChatCompletionChoice, ChatCompletionResponse, UsageInfo

    def answer(reason: str) -> Json:
        message = AssistantMessage(content=TEXT)
        usage = UsageInfo(prompt_tokens=9, completion_tokens=5, total_tokens=14)
        made = ChatCompletionResponse(
            id="1", object="chat.completion", created=1, model="m-1", usage=usage,
            choices=[ChatCompletionChoice(index=0, message=message, finish_reason=reason)],
        )  # fmt: skip
        return made.model_dump(mode="json", by_alias=True)

    return {"finish_reason": (literals(ChatCompletionChoice.model_fields["finish_reason"].annotation), answer)}


MAKERS: Mapping[str, tuple[str, Callable[[], Known]]] = {
    "anthropic-messages": ("anthropic", anthropic_messages),
    "openai-chat": ("openai", openai_chat),
    "openai-responses": ("openai", openai_responses),
    "azure-openai": ("openai", azure_openai),
    "gemini": ("google-genai", gemini),
    "bedrock-converse": ("botocore", bedrock_converse),
    "mistral": ("mistralai", mistral),
}


def fixture(provider: str) -> Json:
    """Return the fixture of a provider."""
    sdk, maker = MAKERS[provider]
    known = maker()
    return {
        "provider": provider,
        "sdk": sdk,
        "version": version(sdk),
        "built": BUILT,
        "known": {name: values for name, (values, _) in known.items()},
        "answers": [
            {"field": name, "value": value, "raw": make(value)}
            for name, (values, make) in known.items()
            for value in values
        ],
    }


def unknown(made: Json) -> Iterator[str]:
    """Yield the values of a fixture that the table lacks."""
    fields = providers()[made["provider"]].fields
    for name, values in made["known"].items():
        yield from (f"{made['provider']}: {name}={value}" for value in values if value not in fields[name].values)


def main() -> None:
    """Write all fixtures, and print what the table lacks."""
    for provider in MAKERS:
        made = fixture(provider)
        path = FIXTURES / f"{provider}.json"
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {made['sdk']} {made['version']}, {len(made['answers'])} answers")
        for line in unknown(made):
            print(f"  not in refusals/systems/signals.yaml: {line}")


if __name__ == "__main__":
    main()
