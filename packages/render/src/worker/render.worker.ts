/**
 * The one script of every worker that the engine starts. It is bundled into a file of its own (`build-worker.mjs`), so
 * that it needs nothing but itself.
 */
import { LogLevel, Logging } from 'mediabunny';
import { exportPictures } from '../export/export-pictures.js';
import { exportSound } from '../export/export-sound.js';
import { forecastExport } from '../export/forecast.js';
import { findFormats } from '../export/codec-choice.js';
import { roomFor, writeText } from '../export/private-files.js';
import { readFilmstrip } from '../media/filmstrip.js';
import { MediaLibrary } from '../media/media-library.js';
import { readPeaks } from '../media/peaks.js';
import { probeFile } from '../media/probe.js';
import { PreviewSound } from '../preview/preview-sound.js';
import { Stage } from '../preview/stage.js';
import { lookForProxy, makeProxyPiece } from '../proxy/make-proxy.js';
import { JobServer, type WorkerScope } from './job-server.js';
import type { FromWorker, PreviewOrder, ToWorker, WorkerFont } from './protocol.js';

interface Scope extends WorkerScope {
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
  readonly fonts?: FontFaceSet;
}
const scope = globalThis as unknown as Scope;

// Files with odd insides are reported by us, once, and not by each library on the way.
Logging.level = LogLevel.Errors;

const server = new JobServer(scope, {
  probe: async ({ file }, { signal }) => ({ output: await probeFile(file, signal) }),
  filmstrip: async (request, { signal, give }) => {
    for await (const picture of readFilmstrip(shared, request, signal)) await give(picture, [picture.bitmap]);
    return { output: undefined };
  },
  peaks: async (request, { signal, give }) => {
    const media = await shared.open(request.assetId);
    if (media.kind !== 'image') {
      for await (const run of readPeaks(media, request, signal)) {
        await give(run, [run.min.buffer as ArrayBuffer, run.max.buffer as ArrayBuffer]);
      }
    }
    return { output: undefined };
  },
  capabilities: async ({ width, height, withFfmpeg }) => ({ output: await findFormats(width, height, withFfmpeg) }),
  exportPictures: async (task, { signal, tell }) => ({
    output: await exportPictures(task, newLibrary(), signal, tell, (helper): MessagePort =>
      server.requestHelper(helper),
    ),
  }),
  exportSound: async (task, { signal }) => {
    await exportSound(task, newLibrary(), signal);
    return { output: undefined };
  },
  forecast: async (task, { signal }) => {
    const library = newLibrary();
    try {
      return { output: await forecastExport(task, library, signal) };
    } finally {
      library.close();
    }
  },
  roomFor: async ({ bytes }) => ({ output: await roomFor(bytes) }),
  keepExport: async ({ folder, fileName, text }) => {
    await writeText(folder, fileName, text);
    return { output: undefined };
  },
  capture: async ({ previewId, frame }) => {
    const bitmap = await stageOf(previewId).capture(frame);
    return { output: bitmap, transfer: [bitmap] };
  },
  lookForProxy: async ({ assetId, budgetBytes }) => ({
    output: await lookForProxy(await shared.timed(assetId), { budgetBytes }),
  }),
  makeProxyPiece: async ({ assetId, budgetBytes }, { signal }) => ({
    output: await makeProxyPiece(await shared.timed(assetId), { budgetBytes }, signal),
  }),
  mixForPreview: async (input) => {
    const block = await soundOf(input.previewId).mix(input);
    return { output: block, transfer: [block.left.buffer, block.right.buffer] };
  },
});

/** Of the short jobs; an export and each preview have their own, which close with them. */
const shared = newLibrary();
const stages = new Map<number, Stage>();
const sounds = new Map<number, PreviewSound>();

function newLibrary(): MediaLibrary {
  return new MediaLibrary((assetId) => server.requestSource(assetId));
}

function stageOf(previewId: number, pixelBudget = 96_000_000): Stage {
  let stage = stages.get(previewId);
  if (!stage) {
    stage = new Stage(newLibrary(), {
      pixelBudget,
      software: drawsInSoftware(),
      report: (report) => {
        server.post({ say: 'stage', previewId, report } satisfies FromWorker);
      },
    });
    stages.set(previewId, stage);
  }
  return stage;
}

function soundOf(previewId: number): PreviewSound {
  let sound = sounds.get(previewId);
  if (!sound) {
    sound = new PreviewSound(newLibrary());
    sounds.set(previewId, sound);
  }
  return sound;
}

function obey(previewId: number, order: PreviewOrder): void {
  if (order.order === 'open') {
    if (order.role === 'pictures') stageOf(previewId, order.pixelBudget);
    else soundOf(previewId);
    return;
  }
  stages.get(previewId)?.obey(order);
  sounds.get(previewId)?.obey(order);
  if (order.order === 'close') {
    stages.delete(previewId);
    sounds.delete(previewId);
  }
}

/** Whether drawing is done by a program and not by a graphics processor. */
function drawsInSoftware(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl');
  if (!gl) return true;
  const facts = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(facts ? facts.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

async function loadFonts(fonts: readonly WorkerFont[]): Promise<void> {
  await Promise.all(
    fonts.map(async ({ family, url, weight, style }) => {
      const face = new FontFace(family, `url(${JSON.stringify(url)})`, { weight, style });
      scope.fonts?.add(face);
      await face.load();
    }),
  );
}

scope.addEventListener('message', ({ data }) => {
  switch (data.say) {
    case 'setUp':
      // A font that can't be loaded is replaced by the next in its list; that is no reason to fail.
      fontsReady = loadFonts(data.fonts).catch(() => undefined);
      break;
    case 'preview':
      void fontsReady.then(() => {
        obey(data.previewId, data.order);
      });
      break;
    case 'forget':
      shared.forget(data.assetIds);
      break;
    default:
      if (data.say === 'start') void fontsReady.then(() => server.receive(data));
      else server.receive(data);
  }
});

let fontsReady: Promise<void> = Promise.resolve();
server.post({ say: 'ready' });
