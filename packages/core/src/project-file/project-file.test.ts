import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isLecternError, type Asset, type LecternError, type LecternErrorCode } from '@lectern/ports';
import { createDocument, type TimelineDocument, type TimelineRecord } from '@lectern/timeline';
import { printTimeline, schemaVersion, stringifyTimeline } from '@lectern/timeline/schema';
import { createAsset, createAssetRecord, createClip, createProjectDocument } from '../../../testing/src/builders.js';
import { crc32OfBytes } from '../autosave/crc32.js';
import { loadLanguage, messagesFor } from '../messages/messages.js';
import { fileNameOf, mediaNameOf } from './file-names.js';
import { makeProjectFile, makeProjectFileWithMedia, type ProjectToWrite } from './make-project-file.js';
import { openProjectFile } from './open-project-file.js';
import { projectFileLimits, type OpenedProjectFile, type ProjectFileJson } from './project-file.js';
import { openZip } from './zip-archive.js';
import { zipOf, zipPieces, type ZipPart } from './zip-writer.js';

await loadLanguage('es');

const encoder = new TextEncoder();

function toWrite(
  document: TimelineDocument = createProjectDocument(),
  details: Partial<ProjectToWrite> = {},
): ProjectToWrite {
  const assets = new Map<string, Asset>(
    [...document.assets.values()].map(({ id, name, kind }) => [id, createAsset({ id, name, kind })]),
  );
  return {
    title: 'Limits',
    description: 'First lecture',
    document,
    stored: printTimeline(document),
    assets,
    ...details,
  };
}

async function jsonOf(blob: Blob): Promise<ProjectFileJson> {
  return JSON.parse(await blob.text()) as ProjectFileJson;
}

/** A file without media whose JSON was changed by hand. */
async function edited(
  change: (json: Record<string, unknown> & { document: Record<string, unknown[]> }) => void,
): Promise<Blob> {
  const json = (await jsonOf(makeProjectFile(toWrite()).blob)) as unknown as Parameters<typeof change>[0];
  change(json);
  return new Blob([JSON.stringify(json)]);
}

const media = new Map([
  ['asset-1', new Blob(['the bytes of the lecture '.repeat(9000)])],
  ['asset-2', new Blob(['the theme'])],
]);

async function zipped(): Promise<Blob> {
  return (await makeProjectFileWithMedia(toWrite(), media)).blob;
}

async function part(name: string, data: Blob | string): Promise<ZipPart> {
  const blob = new Blob([data]);
  return { name, data: blob, crc32: crc32OfBytes(new Uint8Array(await blob.arrayBuffer())) };
}

/** A project with media, and other entries or other words in it. */
async function rezipped(options: {
  readonly change?: (json: Record<string, unknown>) => void;
  readonly extra?: readonly (readonly [string, string])[];
  readonly without?: readonly string[];
}): Promise<Blob> {
  const json = JSON.parse(await (await textOf(await zipped())).text()) as Record<string, unknown>;
  options.change?.(json);
  const parts = [await part('project.json', JSON.stringify(json))];
  for (const [index, data] of [...media.values()].entries())
    parts.push(await part(`media/${String(index + 1)}-${['Lecture 1.mp4', 'Theme.mp3'][index] ?? ''}`, data));
  const kept = parts.filter(({ name }) => !(options.without ?? []).includes(name));
  for (const [name, text] of options.extra ?? []) kept.push(await part(name, text));
  return zipOf(kept, 'application/zip');
}

/** The bytes of the first entry of a zip of ours. */
async function textOf(zip: Blob): Promise<Blob> {
  const view = new DataView(await zip.slice(0, 30).arrayBuffer());
  const start = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  return zip.slice(start, start + view.getUint32(18, true));
}

async function failure(file: Blob, thenRead = false): Promise<LecternError> {
  try {
    const opened = await openProjectFile(file);
    if (thenRead) for (const entry of opened.media.values()) await entry.read({});
  } catch (error) {
    assert.ok(isLecternError(error), String(error));
    return error;
  }
  return assert.fail('it was opened');
}

/** Refused with that code, and with words that fit: nothing of media, no braces left, in both languages. */
async function refuses(
  file: Blob,
  code: LecternErrorCode,
  details: Readonly<Record<string, string | RegExp>> = {},
  thenRead = false,
): Promise<void> {
  const error = await failure(file, thenRead);
  assert.equal(error.code, code, error.message);
  for (const [name, value] of Object.entries(details)) {
    const actual = String(error.details[name]);
    if (typeof value === 'string') assert.equal(actual, value);
    else assert.match(actual, value);
  }
  for (const locale of ['en', 'es']) {
    const words = messagesFor(locale).error(error, 'Week 1.lectern');
    assert.match(words.title, /Week 1\.lectern/);
    assert.doesNotMatch(`${words.title} ${words.advice}`, /\{|undefined|Use MP4|convert/i);
    if (typeof details['path'] === 'string') assert.ok(words.advice.includes(details['path']), words.advice);
  }
}

async function reads(opened: OpenedProjectFile, id: string): Promise<string> {
  const read = await opened.media.get(id)?.read({});
  return (await read?.blob.text()) ?? '';
}

describe('a project file without media', () => {
  it('is one readable JSON file with its keys in order and a line for each clip', async () => {
    const { blob, fileName } = makeProjectFile(toWrite());
    assert.equal(fileName, 'Limits.lectern.json');
    assert.equal(blob.type, 'application/json');
    const text = await blob.text();
    const json = JSON.parse(text) as ProjectFileJson;
    assert.deepEqual(Object.keys(json), ['format', 'formatVersion', 'title', 'description', 'document', 'assets']);
    assert.equal(json.format, 'lectern-project');
    assert.equal(json.formatVersion, 1);
    assert.equal(JSON.stringify(json.document), stringifyTimeline(createProjectDocument()));
    assert.deepEqual(
      json.assets.map((asset) => Object.entries(asset)),
      [
        ['asset-1', 'Lecture 1.mp4', 'video', 'video/mp4'],
        ['asset-2', 'Theme.mp3', 'audio', 'audio/mpeg'],
      ].map(([id, name, kind, mimeType]) => [
        ['id', id],
        ['name', name],
        ['kind', kind],
        ['mimeType', mimeType],
        ['sizeBytes', 1_250_000],
        ['contentHash', null],
        ['media', null],
      ]),
    );
    assert.equal(text.split('\n').filter((line) => line.includes('"clip-')).length, 5);
  });

  it('names its assets from the document when nobody can be asked about them', async () => {
    const { blob } = makeProjectFile(toWrite(undefined, { assets: new Map() }));
    const { assets } = await jsonOf(blob);
    assert.deepEqual(
      assets.map(({ name, mimeType, sizeBytes }) => [name, mimeType, sizeBytes]),
      [
        ['Lecture 1.mp4', null, null],
        ['Theme.mp3', null, null],
      ],
    );
    await openProjectFile(blob);
  });

  it('has the same bytes for the same project', async () => {
    assert.equal(await makeProjectFile(toWrite()).blob.text(), await makeProjectFile(toWrite()).blob.text());
  });

  it('opens with or without line breaks, and with a byte order mark', async () => {
    const text = await makeProjectFile(toWrite()).blob.text();
    for (const form of [text, JSON.stringify(JSON.parse(text)), `\ufeff${text}`, `\n\n${text}`]) {
      const { title, document } = await openProjectFile(new Blob([form]));
      assert.equal(title, 'Limits');
      assert.equal(stringifyTimeline(document), stringifyTimeline(createProjectDocument()));
    }
  });

  it('gives back any document that was written, fields of later versions included', async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, fc.string({ unit: 'grapheme', maxLength: 60 }), async (document, words) => {
        const project = toWrite(document, { title: words, description: words });
        for (const { blob } of [makeProjectFile(project), await makeProjectFileWithMedia(project, new Map())]) {
          const opened = await openProjectFile(blob);
          assert.equal(stringifyTimeline(opened.document), stringifyTimeline(document));
          assert.deepEqual([opened.title, opened.description, opened.repaired], [words, words, false]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('sets right what doesn’t fit together, and says so', async () => {
    const file = await edited(({ document }) => {
      const [first, second] = document['clips'] as { startFrame: number }[];
      if (first && second) second.startFrame = first.startFrame + 10;
    });
    const { repaired, document } = await openProjectFile(file);
    assert.equal(repaired, true);
    assert.ok(document.clips.size >= 4);
  });
});

describe('a project file with media', () => {
  it('is a zip of the project and each file, stored as it is, under names that people can read', async () => {
    const { blob, fileName } = await makeProjectFileWithMedia(toWrite(), media);
    assert.equal(fileName, 'Limits.lectern');
    assert.equal(blob.type, 'application/zip');
    const opened = await openProjectFile(blob);
    assert.deepEqual(
      [...opened.assets.values()].map((asset) => asset.media),
      ['media/1-Lecture 1.mp4', 'media/2-Theme.mp3'],
    );
    const whole = await blob.text();
    assert.ok(whole.includes('the bytes of the lecture the bytes of the lecture'));
  });

  it('gives back the bytes, by a slice of the file and not by a copy', async () => {
    const opened = await openProjectFile(await zipped());
    for (const [id, data] of media) {
      assert.equal(await reads(opened, id), await data.text());
      assert.equal(opened.media.get(id)?.sizeBytes, data.size);
    }
  });

  it('says how far it is, to the last byte', async () => {
    let packed = 0;
    const { blob } = await makeProjectFileWithMedia(toWrite(), media, { onBytes: (bytes) => (packed += bytes) });
    const total = [...media.values()].reduce((sum, { size }) => sum + size, 0);
    assert.equal(packed, total);
    let checked = 0;
    for (const entry of (await openProjectFile(blob)).media.values())
      await entry.read({ onBytes: (bytes) => (checked += bytes) });
    assert.equal(checked, total);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(makeProjectFileWithMedia(toWrite(), media, { signal: controller.signal }), {
      code: 'aborted',
    });
    const entry = (await openProjectFile(await zipped())).media.get('asset-1');
    await assert.rejects(async () => entry?.read({ signal: controller.signal }), { code: 'aborted' });
  });

  it('can hold files of more than 4 GiB', async () => {
    const size = 5 * 2 ** 30;
    // As many bytes as a blob of that size has, all of them zero.
    const large = { size } as Blob;
    const after = await part('after.txt', 'after all that');
    const pieces = zipPieces([{ name: 'large.bin', data: large, crc32: 1 }, after]);
    const entries = await openZip(sparse(pieces));
    assert.deepEqual(
      [...entries.values()].map(({ name, sizeBytes }) => [name, sizeBytes]),
      [
        ['large.bin', size],
        ['after.txt', 14],
      ],
    );
    const read = await entries.get('after.txt')?.read();
    assert.equal(await read?.blob.text(), 'after all that');
  });

  it('can hold more than 65,535 files', async () => {
    const empty = new Blob([]);
    const parts = Array.from({ length: 70_000 }, (_, index) => ({ name: `n${String(index)}`, data: empty, crc32: 0 }));
    const bytes = new Uint8Array(await zipOf(parts, '').slice(-98).arrayBuffer());
    const view = new DataView(bytes.buffer);
    assert.equal(view.getUint32(0, true), 0x06064b50);
    assert.equal(view.getBigUint64(32, true), 70_000n);
    assert.equal(view.getUint16(76 + 10, true), 0xffff);
  });

  it('opens when another program packed it again', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const words = 'slide after slide '.repeat(4000);
    const json = await jsonOf(await textOf(await zipped()));
    const assets = json.assets.map((asset) =>
      asset.id === 'asset-1' ? { ...asset, sizeBytes: words.length, contentHash: null } : { ...asset, media: null },
    );
    const zip = deflatedZip([
      ['project.json', encoder.encode(JSON.stringify({ ...json, assets })), deflateRawSync],
      ['media/1-Lecture 1.mp4', encoder.encode(words), deflateRawSync],
    ]);
    const opened = await openProjectFile(zip);
    assert.equal(await reads(opened, 'asset-1'), words);
  });
});

describe('a file that isn’t a project file', () => {
  it('is refused, whatever it is', async () => {
    const png = new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0)]);
    await refuses(png, 'file-type-unknown');
    await refuses(new Blob(['plain words']), 'file-type-unknown');
    await refuses(new Blob(['{"format":"something-else"}']), 'file-type-unknown');
    await refuses(new Blob(['{ not json']), 'file-type-unknown');
    await refuses(new Blob(['[]']), 'file-type-unknown');
    await refuses(zipOf([await part('word/document.xml', '<w/>')], ''), 'file-type-unknown');
    await refuses(new Blob([Uint8Array.of(0x7b, 0xff, 0xfe)]), 'file-type-unknown');
    await refuses(new Blob([]), 'file-empty');
  });
});

describe('a project file that was edited by hand', () => {
  it('is refused with the place and what was expected there', async () => {
    const clips = (json: { document: Record<string, unknown[]> }): Record<string, unknown>[] =>
      json.document['clips'] as Record<string, unknown>[];
    await refuses(
      await edited((json) => {
        Object.assign(clips(json)[2] ?? {}, { startFrame: 'soon' });
      }),
      'invalid-input',
      { path: 'document.clips[2].startFrame', expected: /number|int/ },
    );
    await refuses(
      await edited((json) => {
        Reflect.deleteProperty(json.document, 'tracks');
      }),
      'invalid-input',
      { path: 'document.tracks', expected: 'array' },
    );
    await refuses(
      await edited((json) => {
        Reflect.deleteProperty(json, 'document');
      }),
      'invalid-input',
      { path: 'document' },
    );
    await refuses(
      await edited((json) => {
        json['title'] = 7;
      }),
      'invalid-input',
      { path: 'title' },
    );
    await refuses(
      await edited((json) => {
        Object.assign((json['assets'] as object[])[1] ?? {}, { sizeBytes: -1 });
      }),
      'invalid-input',
      { path: 'assets[1].sizeBytes' },
    );
    await refuses(
      await edited((json) => {
        json['formatVersion'] = '1';
      }),
      'invalid-input',
      { path: 'formatVersion' },
    );
  });

  it('is refused when it broke off', async () => {
    const text = await makeProjectFile(toWrite()).blob.text();
    await refuses(new Blob([text.slice(0, 900)]), 'corrupt');
  });

  it('is refused when its keys reach for a prototype, however deep they are', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const text = (await makeProjectFile(toWrite()).blob.text()).replace(
        '"props":{',
        `"props":{"${key}":{"polluted":1},`,
      );
      await refuses(new Blob([text]), 'invalid-input', {
        path: /^document\.clips\[\d\]\.props\./,
        expected: `no field ${key}`,
      });
      await refuses(new Blob([text.replace('{', `{"${key}":{},`)]), 'invalid-input', { path: key });
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('is refused with 10,000 levels, in the document and beside it', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const text = await makeProjectFile(toWrite()).blob.text();
    const levels = /at most \d+ levels/;
    await refuses(new Blob([text.replace('{', `{"extra":${deep},`)]), 'invalid-input', {
      path: /^extra/,
      expected: levels,
    });
    await refuses(new Blob([text.replace('"props":{', `"props":{"scale":${deep},`)]), 'invalid-input', {
      path: /^document\.clips\[0\]\.props/,
      expected: levels,
    });
  });
});

describe('a project file of a newer version', () => {
  it('is refused as too new', async () => {
    await refuses(
      await edited((json) => {
        json['formatVersion'] = 2;
      }),
      'too-new',
    );
    const newer = await edited(({ document }) => {
      Object.assign(document, { schemaVersion: schemaVersion + 1 });
    });
    await refuses(newer, 'too-new');
    const strange = await edited(({ document }) => {
      Object.assign(document, { schemaVersion: schemaVersion + 1, clips: 'packed' });
    });
    await refuses(strange, 'too-new');
  });
});

describe('a project file that is too large', () => {
  it('is refused by its size, without being read', async () => {
    const start = new Blob(['{"format":"lectern-project","title":"']);
    const file = new Blob([start, new Uint8Array(50_000_000), '"}']);
    let read = 0;
    file.arrayBuffer = () => {
      read += 1;
      return Promise.reject(new Error('read'));
    };
    await refuses(file, 'file-too-large');
    assert.equal(read, 0);
    assert.ok(projectFileLimits.textBytes < 50_000_000);
  });

  it('is refused in a zip by what the zip says, without being unpacked', async () => {
    const zip = zipOf([{ name: 'project.json', data: new Blob([new Uint8Array(50_000_000)]), crc32: 0 }], '');
    await refuses(zip, 'file-too-large');
  });
});

describe('a zip that can’t be trusted', () => {
  it('is refused when its end is missing', async () => {
    const zip = await zipped();
    for (const kept of [zip.size - 1, zip.size - 30, Math.round(zip.size / 2), 40])
      await refuses(zip.slice(0, kept), 'file-truncated');
  });

  it('is refused when something follows or precedes it', async () => {
    const zip = await zipped();
    assert.ok(['file-type-unsupported', 'file-truncated'].includes((await failure(new Blob([zip, 'more']))).code));
    assert.equal((await failure(new Blob(['PK\u0003\u0004', zip]))).code, 'file-type-unsupported');
  });

  it('is refused for names that lead elsewhere, and for names that it has twice', async () => {
    for (const name of ['../evil.txt', 'media/../../evil.txt', '/etc/evil', 'C:/evil', '..\\evil', 'media\\1'])
      await refuses(await rezipped({ extra: [[name, 'x']] }), 'file-type-unsupported', { entry: name });
    await refuses(await rezipped({ extra: [['project.json', '{}']] }), 'file-type-unsupported');
    await refuses(await rezipped({ extra: [['MEDIA/1-lecture 1.MP4', 'x']] }), 'file-type-unsupported');
  });

  it('is refused when it has too many files', async () => {
    const empty = new Blob([]);
    const parts = Array.from({ length: projectFileLimits.entries + 1 }, (_, index) => ({
      name: `n${String(index)}`,
      data: empty,
      crc32: 0,
    }));
    await refuses(zipOf(parts, ''), 'file-type-unsupported');
  });

  it('is refused when it lacks media that it speaks of, or has them in another size', async () => {
    await refuses(await rezipped({ without: ['media/2-Theme.mp3'] }), 'corrupt', { entry: 'media/2-Theme.mp3' });
    await refuses(
      await rezipped({
        change: (json) => {
          Object.assign((json['assets'] as object[])[0] ?? {}, { sizeBytes: 12 });
        },
      }),
      'corrupt',
      { entry: 'media/1-Lecture 1.mp4' },
    );
    await refuses(
      await rezipped({
        change: (json) => {
          Object.assign((json['assets'] as object[])[1] ?? {}, { media: '../../etc/passwd' });
        },
      }),
      'corrupt',
    );
  });

  it('is refused when media aren’t the bytes that were put in', async () => {
    const bytes = new Uint8Array(await (await zipped()).arrayBuffer());
    const at = new TextDecoder('latin1').decode(bytes).indexOf('bytes of the lecture');
    bytes[at] = 0x42;
    await refuses(new Blob([bytes]), 'corrupt', { entry: 'media/1-Lecture 1.mp4' }, true);
    await refuses(
      await rezipped({
        change: (json) => {
          Object.assign((json['assets'] as object[])[1] ?? {}, { contentHash: 'ab'.repeat(32) });
        },
      }),
      'corrupt',
      { entry: 'media/2-Theme.mp3' },
      true,
    );
  });

  it('is refused when a packed file is larger than it says, before it has filled anything', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const json = await jsonOf(await textOf(await zipped()));
    const assets = json.assets.map((asset) =>
      asset.id === 'asset-1' ? { ...asset, sizeBytes: 1000, contentHash: null } : { ...asset, media: null },
    );
    const bomb = new Uint8Array(64 * 1024 * 1024);
    const lies = deflatedZip([
      ['project.json', encoder.encode(JSON.stringify({ ...json, assets })), deflateRawSync],
      ['media/1-Lecture 1.mp4', bomb, deflateRawSync, 1000],
    ]);
    const opened = await openProjectFile(lies);
    let unpacked = 0;
    await assert.rejects(
      async () => opened.media.get('asset-1')?.read({ onBytes: (bytes) => (unpacked += bytes) }),
      (error: unknown) => isLecternError(error) && error.code === 'file-type-unsupported',
    );
    assert.ok(unpacked < 1_000_000, `${String(unpacked)} bytes`);
    const honest = deflatedZip([
      ['project.json', encoder.encode('{}'), deflateRawSync],
      ['media/1-bomb', bomb, deflateRawSync],
    ]);
    await refuses(honest, 'file-type-unsupported', { entry: 'media/1-bomb' });
  });

  it('is refused when its files overlap', async () => {
    const bytes = new Uint8Array(await (await zipped()).arrayBuffer());
    const view = new DataView(bytes.buffer);
    // The second record of the directory points to where the first file is.
    let records = 0;
    for (let at = 0; at < bytes.length - 4 && records < 3; at += 1) {
      if (view.getUint32(at, true) !== 0x02014b50) continue;
      records += 1;
      if (records === 3) view.setUint32(at + 42, 0, true);
    }
    const error = await failure(new Blob([bytes]), true);
    assert.ok(['file-type-unsupported', 'corrupt'].includes(error.code), error.code);
  });

  it('is refused when it says that most of it is its directory, before that is read', async () => {
    const end = new DataView(new ArrayBuffer(22));
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(8, 1, true);
    end.setUint16(10, 1, true);
    end.setUint32(12, 2 ** 31, true);
    const head = Uint8Array.of(0x50, 0x4b, 3, 4);
    const file = sparse([head, { size: 2 ** 31 - 4 } as Blob, new Uint8Array(end.buffer)]);
    await refuses(file, 'file-type-unsupported');
  });

  it('survives any single byte that is changed: it opens unharmed, or is refused', async () => {
    const small = new Map([['asset-2', new Blob(['the theme'])]]);
    const { blob } = await makeProjectFileWithMedia(toWrite(), small);
    const whole = new Uint8Array(await blob.arrayBuffer());
    const expected = stringifyTimeline(createProjectDocument());
    // Words may be changed by a flipped bit of the JSON; the zip's checksum has to notice.
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bytes = whole.slice();
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        try {
          const opened = await openProjectFile(new Blob([bytes]));
          assert.equal(stringifyTimeline(opened.document), expected);
          assert.equal(await reads(opened, 'asset-2'), 'the theme');
        } catch (error) {
          assert.ok(isLecternError(error), String(error));
          assert.notEqual(error.code, 'unknown');
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('file names', () => {
  it('keep the title, without what a system reads as something else', () => {
    assert.equal(fileNameOf('Week 1: limits / “why?”', 'x'), 'Week 1_ limits _ “why_”');
    assert.equal(fileNameOf('../../etc/passwd', 'x'), '_.._etc_passwd');
    assert.equal(fileNameOf(' . ', 'project'), 'project');
    assert.equal(fileNameOf('CON', 'x'), '_CON');
    assert.equal(fileNameOf('a\u202egpj.exe\n', 'x'), 'a gpj.exe');
    assert.ok(encoder.encode(fileNameOf('𝕏é'.repeat(200), 'x')).length <= 160);
    assert.equal(mediaNameOf('a/b.MP4'), 'a_b.MP4');
    assert.equal(mediaNameOf('.hidden'), 'hidden');
  });
});

/** A zip whose files are packed, and may say that they are smaller than they are. */
function deflatedZip(
  entries: readonly (readonly [
    name: string,
    data: Uint8Array,
    pack: (data: Uint8Array) => Uint8Array,
    says?: number,
  ])[],
): Blob {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const [name, data, pack, says = data.length] of entries) {
    const packed = new Uint8Array(pack(data));
    const rawName = encoder.encode(name);
    const common = new DataView(new ArrayBuffer(26));
    common.setUint16(0, 20, true);
    common.setUint16(4, 8, true);
    common.setUint16(8, 0x21, true);
    common.setUint32(10, crc32OfBytes(data), true);
    common.setUint32(14, packed.length, true);
    common.setUint32(18, says, true);
    common.setUint16(22, rawName.length, true);
    const bytes = new Uint8Array(common.buffer);
    const local = Uint8Array.of(0x50, 0x4b, 3, 4, ...bytes, ...rawName);
    const tail = new DataView(new ArrayBuffer(14));
    tail.setUint32(10, offset, true);
    directory.push(Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0, ...bytes, ...new Uint8Array(tail.buffer), ...rawName));
    pieces.push(local, packed);
    offset += local.length + packed.length;
  }
  const directoryBytes = directory.reduce((sum, { length }) => sum + length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, directoryBytes, true);
  end.setUint32(16, offset, true);
  return new Blob([...pieces, ...directory, new Uint8Array(end.buffer)]);
}

/** Pieces one after the other, those that are larger than memory as zeros: as much of a blob as reading a zip needs. */
function sparse(pieces: readonly (Blob | Uint8Array<ArrayBuffer>)[]): Blob {
  const placed: { readonly at: number; readonly piece: Blob | Uint8Array<ArrayBuffer> }[] = [];
  let size = 0;
  for (const piece of pieces) {
    placed.push({ at: size, piece });
    size += 'size' in piece ? piece.size : piece.byteLength;
  }
  return {
    size,
    slice(start: number, end: number) {
      const parts: BlobPart[] = [];
      for (const { at, piece } of placed) {
        const length = 'size' in piece ? piece.size : piece.byteLength;
        const [from, to] = [Math.max(start, at) - at, Math.min(end, at + length) - at];
        if (to <= from) continue;
        parts.push('slice' in piece ? piece.slice(from, to) : new Uint8Array(to - from));
      }
      return new Blob(parts);
    },
  } as unknown as Blob;
}

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const value = fc.oneof(fc.double({ min: 0.1, max: 2, noNaN: true }), fc.constant(1));

/** A document of cuts, titles, markers and keyframes, with fields that this version doesn't know. */
const anyDocument: fc.Arbitrary<TimelineDocument> = fc
  .record({
    cuts: fc.array(
      fc.record({
        gap: fc.nat(40),
        durationFrames: fc.integer({ min: 1, max: 90 }),
        trimStartFrame: fc.nat(200),
        name: text,
        scale: value,
        later: fc.option(fc.jsonValue({ maxDepth: 3 }), { nil: undefined }),
      }),
      { maxLength: 12 },
    ),
    titles: fc.array(text, { maxLength: 4 }),
    markers: fc.array(fc.record({ frame: fc.nat(500), name: text }), { maxLength: 4 }),
    assetName: text,
  })
  .map(({ cuts, titles, markers, assetName }) => {
    const base = createProjectDocument();
    const trackOf = (kind: string): string => base.tracks.find((track) => track.kind === kind)?.id ?? '';
    const records: TimelineRecord[] = [
      ...[...base.records()].filter(({ type }) => type === 'settings' || type === 'track'),
      createAssetRecord('asset-1', { name: assetName, durationSeconds: 60 }),
      createAssetRecord('asset-2', { name: 'Theme.mp3', kind: 'audio', durationSeconds: 30 }),
    ];
    let at = 0;
    for (const [index, { gap, durationFrames, trimStartFrame, name, scale, later }] of cuts.entries()) {
      records.push({
        ...createClip({
          id: `cut-${String(index)}`,
          name,
          trackId: trackOf('video'),
          startFrame: at + gap,
          durationFrames,
          source: { kind: 'asset', assetId: 'asset-1' as never, trimStartFrame, speed: { num: 1, den: 1 } },
          props: { scale },
        }),
        ...(later === undefined ? {} : { ofALaterVersion: withoutPrototypeKeys(later) }),
      });
      at += gap + durationFrames;
    }
    for (const [index, words] of titles.entries())
      records.push(
        createClip({
          id: `title-${String(index)}`,
          name: '',
          trackId: trackOf('text'),
          startFrame: index * 60,
          durationFrames: 60,
          source: { kind: 'text', text: words },
        }),
      );
    for (const [index, { frame, name }] of markers.entries())
      records.push({
        type: 'marker',
        id: `marker-${String(index)}` as never,
        frame,
        name,
        colour: '#f5a524',
        clipId: null,
      });
    return createDocument({ records });
  });

/** Keys that are refused wherever they stand. */
function withoutPrototypeKeys(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutPrototypeKeys);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json)
      .filter(([key]) => !['__proto__', 'constructor', 'prototype'].includes(key))
      .map(([key, inner]) => [key, withoutPrototypeKeys(inner)]),
  );
}
