import { expect } from 'chai';
import {
  type Asset,
  isLecternError,
  LecternError,
  type NewAsset,
  type ProbeResult,
  type UploadEngine,
} from '@lectern/ports';
import { sampleFacts } from '@lectern/ports/contracts';
import { createUploadEngine } from './index.js';

const bytes = new Map<string, Blob>();
const rows = new Map<string, NewAsset>();

/** Decodes pictures as a real probe does, and believes the rest. */
async function probe(file: Blob): Promise<ProbeResult> {
  if (!file.type.startsWith('image/')) return { facts: sampleFacts(), poster: null };
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  bitmap.close();
  return { facts: sampleFacts({ kind: 'image', width, height, durationSeconds: 0 }), poster: null };
}

function makeEngine(): UploadEngine {
  return createUploadEngine({
    newId: () => crypto.randomUUID(),
    probe,
    blobs: {
      async put(key, data) {
        if (!(data instanceof Blob)) throw new TypeError('A blob was expected');
        bytes.set(key, new Blob([await data.arrayBuffer()]));
        return { key, sizeBytes: data.size, mimeType: data.type };
      },
      async delete(key) {
        bytes.delete(key);
      },
    },
    assets: {
      async create(asset) {
        rows.set(asset.id, asset);
        return asset as unknown as Asset;
      },
      addVersion: () => Promise.reject(new LecternError('not-found')),
      get: () => Promise.reject(new LecternError('not-found')),
    },
  });
}

async function fixture(name: string): Promise<File> {
  const response = await fetch(`/fixtures/${name}`);
  return new File([await response.blob()], name, { type: response.headers.get('Content-Type') ?? '' });
}

describe('files in a browser', () => {
  it('come in together: good ones are stored whole, bad ones say why', async () => {
    const engine = makeEngine();
    const names = ['count-h264-30.mp4', 'slide.png', 'tone.mp3', 'text.mp4', 'empty.mp4', 'truncated.mp4', 'huge.png'];
    const files = await Promise.all(names.map(fixture));
    const items = engine.add(files.map((file) => ({ file, fileName: file.name })));
    const outcomes = await Promise.all(
      items.map(({ id }) =>
        engine.finished(id).then(
          ({ status }): string => status,
          (error: unknown) => (isLecternError(error) ? error.code : String(error)),
        ),
      ),
    );
    expect(outcomes).to.deep.equal([
      'done',
      'done',
      'done',
      'file-type-unknown',
      'file-empty',
      'file-truncated',
      'image-too-large',
    ]);
    for (const [index, item] of items.slice(0, 3).entries()) {
      const stored = bytes.get(rows.get(item.assetId)?.blobKey ?? '');
      expect(await stored?.arrayBuffer()).to.deep.equal(await files[index]?.arrayBuffer());
    }
    expect(rows.get(items[1]?.assetId ?? '')?.probe).to.include({ kind: 'image', width: 1280, height: 720 });
    engine.dispose();
  });

  it('are asked for again when they were changed on the disk since they were chosen', async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(`upload-${crypto.randomUUID()}.wav`, { create: true });
    const write = async (text: string): Promise<void> => {
      const writable = await handle.createWritable();
      await writable.write(text);
      await writable.close();
    };
    await write('RIFF....WAVEfmt and some sound');
    const chosen = await handle.getFile();
    // Files remember when they were changed to the second or better; be sure to be later.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await write('RIFF....WAVEfmt and other sound, and more of it');
    const engine = makeEngine();
    const [item] = engine.add([{ file: chosen, fileName: chosen.name }]);
    const outcome = await engine.finished(item?.id ?? '').catch((error: unknown) => error);
    expect(isLecternError(outcome) && outcome.code).to.equal('source-missing');
    expect(engine.items()[0]?.status).to.equal('needs-file');
    engine.dispose();
    await root.removeEntry(handle.name);
  });
});
