"""The rows of tabs over the screens of a client: `{% client_groups actor client here as groups %}`."""

from django import template

from desk.console.tabs import groups_of

register = template.Library()
register.simple_tag(groups_of, name="client_groups")
