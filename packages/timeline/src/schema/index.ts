export { limits } from './limits.js';
export { type Migration, type StoredJson, migrations, schemaVersion } from './migrations.js';
export {
  type ParseIssue,
  TimelineParseError,
  type TimelineParseErrorCode,
  isTimelineParseError,
} from './parse-error.js';
export { type FromOtioResult, type OtioObject, type ToOtioOptions, fromOtio, toOtio } from './otio.js';
export { type Replay, replayChanges } from './replay.js';
export { type StoredTimeline, printTimeline, stringifyTimeline } from './stored-timeline.js';
export { type ParsedTimeline, parseChange, parseTimeline } from './parse-timeline.js';
