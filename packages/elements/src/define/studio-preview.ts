import { StudioPreviewElement } from '../studio-preview/studio-preview.js';
import { safeDefine } from './safe-define.js';

safeDefine('studio-preview', StudioPreviewElement);
