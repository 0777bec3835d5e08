import { StudioTimelineElement } from '../studio-timeline/studio-timeline.js';
import { safeDefine } from './safe-define.js';

safeDefine('studio-timeline', StudioTimelineElement);
