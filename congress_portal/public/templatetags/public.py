from django import template

from congress_portal.core.masking import without_numbers

register = template.Library()
register.filter("no_numbers", without_numbers)
