import { svg, html, nothing, type SVGTemplateResult, type TemplateResult } from 'lit';
import {
  ArrowDown,
  ArrowUp,
  AudioLines,
  AudioWaveform,
  BookOpen,
  Bookmark,
  Captions,
  Check,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  ChevronUp,
  ChevronsLeft,
  ChevronsRight,
  CircleAlert,
  CircleCheck,
  CircleHelp,
  CircleDot,
  CirclePlay,
  ClipboardPaste,
  Cloud,
  CloudOff,
  Copy,
  Crop,
  Diamond,
  Download,
  EllipsisVertical,
  Expand,
  Eye,
  EyeOff,
  FileVideo,
  Film,
  FolderOpen,
  GraduationCap,
  GripVertical,
  HardDrive,
  History,
  Image,
  Info,
  Keyboard,
  LayoutGrid,
  Library,
  Link,
  List,
  ListFilter,
  Lock,
  LockOpen,
  Magnet,
  Maximize,
  Minus,
  MousePointer2,
  Move,
  Music,
  Palette,
  PanelLeft,
  PanelRight,
  Pause,
  Pencil,
  Play,
  Plus,
  Redo2,
  RefreshCw,
  RotateCcw,
  Save,
  Scissors,
  Search,
  Send,
  Settings2,
  Shrink,
  SkipBack,
  SkipForward,
  SlidersHorizontal,
  SquareSplitHorizontal,
  StepBack,
  StepForward,
  Table,
  Tag,
  Trash2,
  TriangleAlert,
  Type,
  Undo2,
  Unlink,
  Upload,
  Video,
  Volume2,
  VolumeX,
  X,
  ZoomIn,
  ZoomOut,
  FilePlus,
  Headphones,
  Repeat,
  SquareDashed,
  Globe,
  FileText,
  type IconNode,
} from 'lucide';

/** The words that we have for icons. */
export type IconName =
  | 'add'
  | 'alert'
  | 'audio'
  | 'back'
  | 'bookmark'
  | 'captions'
  | 'chapter'
  | 'check'
  | 'chevron-down'
  | 'chevron-left'
  | 'chevron-right'
  | 'chevron-up'
  | 'close'
  | 'cloud'
  | 'cloud-off'
  | 'colour'
  | 'copy'
  | 'course'
  | 'crop'
  | 'cursor'
  | 'delete'
  | 'device'
  | 'done'
  | 'down'
  | 'download'
  | 'edit'
  | 'enter'
  | 'error'
  | 'expand'
  | 'export'
  | 'file'
  | 'filter'
  | 'fit'
  | 'folder'
  | 'fullscreen'
  | 'go-end'
  | 'go-start'
  | 'grid'
  | 'grip'
  | 'headphones'
  | 'help'
  | 'hidden'
  | 'history'
  | 'image'
  | 'info'
  | 'inspector'
  | 'keyboard'
  | 'keyframe'
  | 'library'
  | 'link'
  | 'list'
  | 'lock'
  | 'unlock'
  | 'magnet'
  | 'marker'
  | 'minus'
  | 'more'
  | 'move'
  | 'music'
  | 'muted'
  | 'new-project'
  | 'next-edit'
  | 'panel-left'
  | 'panel-right'
  | 'paste'
  | 'pause'
  | 'play'
  | 'previous-edit'
  | 'record'
  | 'redo'
  | 'refresh'
  | 'restore'
  | 'save'
  | 'scissors'
  | 'search'
  | 'settings'
  | 'shrink'
  | 'split'
  | 'step-back'
  | 'step-forward'
  | 'table'
  | 'tag'
  | 'text'
  | 'undo'
  | 'unlink'
  | 'up'
  | 'upload'
  | 'video'
  | 'film'
  | 'visible'
  | 'volume'
  | 'warning'
  | 'waveform'
  | 'zoom-in'
  | 'zoom-out'
  | 'loop'
  | 'guides'
  | 'publish'
  | 'details';

/** Lucide's icons that the elements use, by the word that we have for the thing. */
const icons: Readonly<Record<IconName, IconNode>> = {
  add: Plus,
  alert: TriangleAlert,
  audio: AudioLines,
  back: ChevronLeft,
  bookmark: Bookmark,
  captions: Captions,
  chapter: BookOpen,
  check: Check,
  'chevron-down': ChevronDown,
  'chevron-left': ChevronLeft,
  'chevron-right': ChevronRight,
  'chevron-up': ChevronUp,
  close: X,
  cloud: Cloud,
  'cloud-off': CloudOff,
  colour: Palette,
  copy: Copy,
  course: GraduationCap,
  crop: Crop,
  cursor: MousePointer2,
  delete: Trash2,
  device: HardDrive,
  done: CircleCheck,
  down: ArrowDown,
  download: Download,
  edit: Pencil,
  enter: CirclePlay,
  error: CircleAlert,
  expand: Expand,
  export: Send,
  file: FileVideo,
  filter: ListFilter,
  fit: Maximize,
  folder: FolderOpen,
  fullscreen: Maximize,
  'go-end': ChevronsRight,
  'go-start': ChevronsLeft,
  grid: LayoutGrid,
  grip: GripVertical,
  headphones: Headphones,
  help: CircleHelp,
  hidden: EyeOff,
  history: History,
  image: Image,
  info: Info,
  inspector: SlidersHorizontal,
  keyboard: Keyboard,
  keyframe: Diamond,
  library: Library,
  link: Link,
  list: List,
  lock: Lock,
  unlock: LockOpen,
  magnet: Magnet,
  marker: Bookmark,
  minus: Minus,
  more: EllipsisVertical,
  move: Move,
  music: Music,
  muted: VolumeX,
  'new-project': FilePlus,
  'next-edit': SkipForward,
  'panel-left': PanelLeft,
  'panel-right': PanelRight,
  paste: ClipboardPaste,
  pause: Pause,
  play: Play,
  'previous-edit': SkipBack,
  record: CircleDot,
  redo: Redo2,
  refresh: RefreshCw,
  restore: RotateCcw,
  save: Save,
  scissors: Scissors,
  search: Search,
  settings: Settings2,
  shrink: Shrink,
  split: SquareSplitHorizontal,
  'step-back': StepBack,
  'step-forward': StepForward,
  table: Table,
  tag: Tag,
  text: Type,
  undo: Undo2,
  unlink: Unlink,
  up: ArrowUp,
  upload: Upload,
  video: Video,
  film: Film,
  visible: Eye,
  volume: Volume2,
  warning: TriangleAlert,
  waveform: AudioWaveform,
  'zoom-in': ZoomIn,
  'zoom-out': ZoomOut,
  loop: Repeat,
  guides: SquareDashed,
  publish: Globe,
  details: FileText,
};

function shape([tag, attributes]: readonly [
  string,
  Readonly<Record<string, string | number | undefined>>,
]): SVGTemplateResult {
  const a = (name: string): string | number | typeof nothing => attributes[name] ?? nothing;
  switch (tag) {
    case 'path':
      return svg`<path d=${a('d')}></path>`;
    case 'circle':
      return svg`<circle cx=${a('cx')} cy=${a('cy')} r=${a('r')} fill=${a('fill')}></circle>`;
    case 'rect':
      return svg`<rect x=${a('x')} y=${a('y')} width=${a('width')} height=${a('height')} rx=${a('rx')} ry=${a('ry')}></rect>`;
    case 'line':
      return svg`<line x1=${a('x1')} y1=${a('y1')} x2=${a('x2')} y2=${a('y2')}></line>`;
    case 'polyline':
      return svg`<polyline points=${a('points')}></polyline>`;
    case 'polygon':
      return svg`<polygon points=${a('points')}></polygon>`;
    case 'ellipse':
      return svg`<ellipse cx=${a('cx')} cy=${a('cy')} rx=${a('rx')} ry=${a('ry')}></ellipse>`;
    default:
      throw new RangeError(`no drawing for <${tag}>`);
  }
}

/** A decorative icon, 16 px unless its class says otherwise. What it means is said by the control around it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg
    class="icon"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    ${(icons[name] as unknown as readonly (readonly [string, Readonly<Record<string, string>>])[]).map(shape)}
  </svg>`;
}
