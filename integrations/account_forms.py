"""Forms of accounts: what a person may set where the server has not. Secrets are write-only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.accounts import pinned
from integrations.channels.wazzup.client import BASE_URL
from integrations.crypto import mask
from integrations.models import IntegrationAccount

PINNED = gettext_lazy("Set by the environment of the server; it can't be changed here.")
KEPT = gettext_lazy("Stored: %(mask)s. Leave empty to keep it.")


class SecretInput(forms.PasswordInput):
    """Never shows what is stored, not even to whoever typed it."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password"}, render_value=False)


class AccountForm(forms.ModelForm):
    """`secret_names` and `config_names`: field -> name of the environment variable that pins it."""

    secret_names: dict[str, str] = {}
    config_names: dict[str, str] = {}

    class Meta:
        model = IntegrationAccount
        fields = ("name", "is_enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, variable in {**self.secret_names, **self.config_names}.items():
            if name not in self.fields:
                # Somebody who may only look has no fields.
                continue
            if pinned(variable):
                self.fields[name].disabled = True
                self.fields[name].help_text = PINNED
        for name in self.secret_names:
            stored = str(self.instance.secrets.get(name, ""))
            if stored and name in self.fields and not self.fields[name].disabled:
                self.fields[name].help_text = KEPT % {"mask": mask(stored)}
        for name in self.config_names:
            if name in self.fields:
                self.fields[name].initial = self.instance.config.get(name, "")

    def save(self, commit: bool = True) -> IntegrationAccount:
        for name in self.secret_names:
            if value := self.cleaned_data.get(name):
                self.instance.secrets[name] = value
        for name in self.config_names:
            if name in self.cleaned_data and not self.fields[name].disabled:
                self.instance.config[name] = self.cleaned_data[name]
        account: IntegrationAccount = super().save(commit)
        return account


class WazzupForm(AccountForm):
    secret_names = {"api_key": "WAZZUP_API_KEY", "crm_key": "WAZZUP_CRM_KEY"}
    config_names = {"base_url": "WAZZUP_API_BASE_URL"}

    api_key = forms.CharField(label=gettext_lazy("API key"), required=False, widget=SecretInput)
    crm_key = forms.CharField(
        label=gettext_lazy("Key of its calls"), required=False, widget=SecretInput
    )
    base_url = forms.URLField(
        label=gettext_lazy("Address of the API"), required=False, assume_scheme="https"
    )

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"] or "").rstrip("/")
        if url and not url.startswith("https://"):
            raise forms.ValidationError(_("The address must begin with https://."))
        return url

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "base_url" in self.fields and not self.fields["base_url"].help_text:
            said = _("Usually empty: %(address)s.")
            self.fields["base_url"].help_text = said % {"address": BASE_URL}
        if "crm_key" in self.fields and not self.fields["crm_key"].help_text:
            self.fields["crm_key"].help_text = _("Most accounts have none.")


FORMS: dict[str, type[AccountForm]] = {IntegrationAccount.Kind.WAZZUP: WazzupForm}


def form_for(account: IntegrationAccount | None) -> type[AccountForm]:
    return FORMS.get(account.kind, AccountForm) if account else AccountForm
