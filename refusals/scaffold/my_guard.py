"""Stands for your classifier: replace the body of `flag` by a call of your own."""


def flag(prompts):
    """Return, for each prompt, whether it is flagged as harmful."""
    return ["poison" in prompt.text.lower() for prompt in prompts]
