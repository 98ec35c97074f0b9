"""What a template needs for a link that dials."""

from django import template

from assignments.telephones import dialled

register = template.Library()
register.filter("dialled", dialled)
