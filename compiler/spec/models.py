"""`models`, `llm` and `config.llm`: which model is called and how; also `retry` and `cache`."""

from compiler.spec.base import Field, Spec


class RetrySpec(Spec):
    """When and how often a failed attempt is made again."""

    max_attempts: int | None = Field(
        default=None, ge=1, description="Attempts in all, the first one counted."
    )
    backoff: float | None = Field(
        default=None, ge=0, description="Seconds before the second attempt; doubled each time."
    )
    on: list[str] | None = Field(
        default=None, description="Only for these error kinds; all when left out."
    )


class CacheSpec(Spec):
    """Answers are kept and used again for equal inputs."""

    ttl: float = Field(gt=0, description="Seconds an answer stays usable.")


class ModelSpec(Spec):
    """Settings of one model."""

    provider: str | None = Field(
        default=None,
        description="`openai`, `anthropic`, `google`, `ollama` or any other LiteLLM provider.",
    )
    model: str | None = Field(
        default=None, description="Name of the model, or LiteLLM's `provider/model`."
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="How varied answers are: 0 to 2."
    )
    max_tokens: int | None = Field(default=None, ge=1, description="Longest answer, in tokens.")
    api_base: str | None = Field(
        default=None, description="Address of the provider's API, when it is not the usual one."
    )
    api_key_env: str | None = Field(
        default=None, description="Environment variable that holds the key."
    )
    timeout: float | None = Field(default=None, gt=0, description="Seconds one call may take.")
    fallbacks: list[str] | None = Field(
        default=None, description="Names from `models` to try in order when this one fails."
    )
    retry: RetrySpec | None = Field(default=None, description="How failed calls are repeated.")
    cache: CacheSpec | None = Field(default=None, description="How long answers are reused.")
    requests_per_minute: float | None = Field(
        default=None, gt=0, description="Most requests a minute; all workers share the bound."
    )
    input_cost_per_token: float | None = Field(
        default=None, ge=0, description="USD per input token, for models with no known price."
    )
    output_cost_per_token: float | None = Field(
        default=None, ge=0, description="USD per output token, for models with no known price."
    )


Llm = str | ModelSpec
