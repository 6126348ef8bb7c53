"""What the core needs from outside, as narrow protocols.

Every store method is one transaction, taken or refused as a whole. Methods that take a
`Turn` are fenced: they raise `Fenced` when the row's worker or attempt is no longer the
turn's (or the row's state does not allow the step), and change nothing.
"""

from bot.ports.backends import ChatBackend as ChatBackend
from bot.ports.backends import ChatModels as ChatModels
from bot.ports.backends import ImageBackend as ImageBackend
from bot.ports.backends import ImageModels as ImageModels
from bot.ports.clock import Clock as Clock
from bot.ports.commands import Command as Command
from bot.ports.commands import CommandCall as CommandCall
from bot.ports.commands import Commands as Commands
from bot.ports.commands import Option as Option
from bot.ports.commands import OptionKind as OptionKind
from bot.ports.commands import Spoken as Spoken
from bot.ports.files import Blobs as Blobs
from bot.ports.files import FileRead as FileRead
from bot.ports.files import FileReader as FileReader
from bot.ports.files import MaskRead as MaskRead
from bot.ports.files import PictureRead as PictureRead
from bot.ports.files import Pictures as Pictures
from bot.ports.files import TextRead as TextRead
from bot.ports.files import Unread as Unread
from bot.ports.forms import EDIT_MENU as EDIT_MENU
from bot.ports.forms import Field as Field
from bot.ports.forms import FieldKind as FieldKind
from bot.ports.forms import Flaws as Flaws
from bot.ports.forms import Form as Form
from bot.ports.forms import FormCall as FormCall
from bot.ports.forms import Forms as Forms
from bot.ports.forms import FormSent as FormSent
from bot.ports.meter import Meter as Meter
from bot.ports.pictures import Draft as Draft
from bot.ports.pictures import DraftKind as DraftKind
from bot.ports.pictures import Made as Made
from bot.ports.pictures import PictureStore as PictureStore
from bot.ports.platforms import Found as Found
from bot.ports.platforms import Intake as Intake
from bot.ports.platforms import Limits as Limits
from bot.ports.platforms import Manner as Manner
from bot.ports.platforms import Missing as Missing
from bot.ports.platforms import Platform as Platform
from bot.ports.stores import Alert as Alert
from bot.ports.stores import Chosen as Chosen
from bot.ports.stores import ConversationStore as ConversationStore
from bot.ports.stores import Credit as Credit
from bot.ports.stores import Level as Level
from bot.ports.stores import MemoStore as MemoStore
from bot.ports.stores import OperatorStore as OperatorStore
from bot.ports.stores import Overheard as Overheard
from bot.ports.stores import SettingName as SettingName
from bot.ports.stores import SettingStore as SettingStore
from bot.ports.stores import Store as Store
from bot.ports.stores import WatermarkStore as WatermarkStore
from bot.ports.stores import WorkerStore as WorkerStore
from bot.ports.turns import Conclusion as Conclusion
from bot.ports.turns import Decision as Decision
from bot.ports.turns import Part as Part
from bot.ports.turns import PartState as PartState
from bot.ports.turns import PartStore as PartStore
from bot.ports.turns import Purpose as Purpose
from bot.ports.turns import Step as Step
from bot.ports.turns import TurnStore as TurnStore
