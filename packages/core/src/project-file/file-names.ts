/** Bytes of UTF-8 that a name may have before its extension: file systems take 255 in all. */
const maxNameBytes = 160;
const encoder: TextEncoder = new TextEncoder();

/**
 * A title as the name of a file that every system takes: no path, nothing that a shell or Windows reads as something
 * else, not too long.
 */
export function fileNameOf(title: string, fallback: string): string {
  const clean = title
    .normalize('NFC')
    // eslint-disable-next-line no-control-regex -- control characters are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .replace(/[\\/:*?"<>|]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  let short = '';
  let bytes = 0;
  for (const character of clean) {
    bytes += encoder.encode(character).length;
    if (bytes > maxNameBytes) break;
    short += character;
  }
  short = short.replace(/[.\s]+$/, '');
  if (short === '') return fallback;
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? `_${short}` : short;
}

/** The same with the extension kept whole, for the media in a zip. */
export function mediaNameOf(name: string): string {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && /^\.[a-z0-9]{1,8}$/i.test(name.slice(dot)) ? name.slice(dot) : '';
  return `${fileNameOf(name.slice(0, name.length - extension.length), 'media')}${extension}`;
}
