"""All parts joined: beside `bot.__main__` the only place of `bot` that knows the other folders."""

from bot.composition.clock import SystemClock as SystemClock
from bot.composition.console import open_console as open_console
from bot.composition.models import join_image_models as join_image_models
from bot.composition.models import join_models as join_models
from bot.composition.models import join_segmind as join_segmind
from bot.composition.models import judge_models as judge_models
from bot.composition.root import compose as compose
from bot.composition.service import READY_SECONDS as READY_SECONDS
from bot.composition.service import VERSION as VERSION
from bot.composition.service import Service as Service
