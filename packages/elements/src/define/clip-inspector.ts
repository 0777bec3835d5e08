import { ClipInspectorElement } from '../clip-inspector/clip-inspector.js';
import { safeDefine } from './safe-define.js';

safeDefine('clip-inspector', ClipInspectorElement);
