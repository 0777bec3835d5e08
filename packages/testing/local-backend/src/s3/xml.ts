/** The little XML that S3 speaks. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Finished XML, which isn't escaped again. */
export interface Markup {
  readonly xml: string;
}

function escape(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
      // What XML has no room for at all becomes a reference, as S3 writes it.
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u001f\u007f]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`)
  );
}

/** An element with text or other elements in it. */
export function element(name: string, ...content: readonly (string | number | boolean | Markup)[]): Markup {
  const inner = content.map((each) => (typeof each === 'object' ? each.xml : escape(String(each)))).join('');
  return { xml: `<${name}>${inner}</${name}>` };
}

/** The document of S3's namespace, or an error, which has none. */
export function xmlDocument({ xml }: Markup): string {
  const named = xml.startsWith('<Error>')
    ? xml
    : xml.replace(/^<(\w+)>/, '<$1 xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${named}`;
}

function unescape(text: string): string | undefined {
  const isWhole = /^(?:[^&]|&(?:amp|lt|gt|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});)*$/.test(text);
  if (!isWhole) return undefined;
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (_, hex?: string, decimal?: string, name?: string) =>
    name === undefined
      ? String.fromCodePoint(hex === undefined ? Number(decimal) : parseInt(hex, 16))
      : (CHARACTERS[name] ?? ''),
  );
}

export interface NamedPart {
  readonly part: number;
  /** Without quotes. */
  readonly eTag: string;
}

/** The list of a `CompleteMultipartUpload`; `undefined` for anything that isn't one, or has no part. */
export function readPartList(text: string): readonly NamedPart[] | undefined {
  const space = String.raw`\s*`;
  const outer = new RegExp(
    `^\ufeff?${space}(?:<\\?xml[^>]*\\?>${space})?<CompleteMultipartUpload(?:\\s+xmlns="[^"<]*")?>(.*)</CompleteMultipartUpload>${space}$`,
    's',
  ).exec(text);
  if (outer?.[1] === undefined) return undefined;
  const parts: NamedPart[] = [];
  const next = /\s*<Part>((?:\s*<(?:PartNumber|ETag)>[^<]*<\/(?:PartNumber|ETag)>){2})\s*<\/Part>\s*/y;
  while (next.lastIndex < outer[1].length) {
    const inner = next.exec(outer[1])?.[1];
    const number = /<PartNumber>\s*(\d{1,5})\s*<\/PartNumber>/.exec(inner ?? '')?.[1];
    const quoted = unescape(/<ETag>([^<]*)<\/ETag>/.exec(inner ?? '')?.[1] ?? '');
    const eTag = /^\s*"?([^"]+?)"?\s*$/.exec(quoted ?? '')?.[1];
    if (number === undefined || eTag === undefined) return undefined;
    parts.push({ part: Number(number), eTag });
  }
  return parts.length === 0 ? undefined : parts;
}
