/** Types of files: which are let in, and which are shown where they are. */

const ESSENCE = /^([a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126})\s*(?:;|$)/;

/** What is let in when nothing else is said: what the studio works with, and what it stores beside that. */
export const USUAL_TYPES: readonly string[] = [
  'video/*',
  'audio/*',
  'image/*',
  'text/plain',
  'text/vtt',
  'application/json',
  'application/octet-stream',
];

/** `video/webm` of `Video/WebM; codecs="vp9"`; bytes of no type are just that. `undefined` for what is no type. */
export function essenceOf(mimeType: string): string | undefined {
  if (mimeType.trim() === '') return 'application/octet-stream';
  if (!/^[\x20-\x7e]{1,255}$/.test(mimeType)) return undefined;
  return ESSENCE.exec(mimeType.trim().toLowerCase())?.[1];
}

/** @param allowed such as `video/mp4` or `video/*` */
export function isAllowedType(mimeType: string, allowed: readonly string[]): boolean {
  const essence = essenceOf(mimeType);
  if (essence === undefined) return false;
  return allowed.some((each) =>
    each.endsWith('/*') ? essence.startsWith(each.slice(0, -1)) : each.toLowerCase() === essence,
  );
}

/** Pictures, sound and video; but SVG is a document, which may have scripts. */
export function isShownInPlace(mimeType: string): boolean {
  const essence = essenceOf(mimeType) ?? '';
  return /^(?:image|audio|video)\//.test(essence) && !/svg|xml/.test(essence);
}
