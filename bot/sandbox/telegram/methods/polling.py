"""The methods by which updates reach the bot."""

from bot.sandbox.telegram.methods.method import method
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusal import bad_request
from bot.sandbox.telegram.stage import Stage


@method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(stage: Stage, params: Params) -> object:
    """Return what has happened, waiting for it up to `timeout` seconds."""
    stage.updates.confirm(params.get("offset", 0), params.get("allowed_updates"))
    stage.bell.ring()
    return await stage.updates.fetch(params.get("limit", 100), params.get("timeout", 0))


@method("deleteWebhook", "drop_pending_updates")
async def delete_webhook(stage: Stage, params: Params) -> object:
    """Do what long polling needs: there is never a webhook."""
    if params.get("drop_pending_updates"):
        stage.updates.drop()
        stage.bell.ring()
    return True


@method("setWebhook", "url drop_pending_updates allowed_updates")
async def set_webhook(_: Stage, __: Params) -> object:
    """Refuse: this server calls nobody."""
    raise bad_request("webhooks are not supported by this server, use getUpdates")


@method("getWebhookInfo")
async def get_webhook_info(stage: Stage, _: Params) -> object:
    """Tell that there is no webhook, and how many updates wait."""
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(stage.updates),
    }
