/** Seeking and playing, here and in `<video>` elements. */
import type { Preview } from '@lectern/ports';
import { createDocument } from '@lectern/timeline';
import { assetRecord, clip, engine, fromAsset, track } from './projects.js';
import { load, median } from './sources.js';

const hdFrames = 899;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function stage(width: number, height: number): { preview: Preview; remove: () => void } {
  const canvas = document.createElement('canvas');
  document.body.append(canvas);
  const preview = engine.createPreview();
  preview.attach(canvas.transferControlToOffscreen());
  preview.resize(width, height);
  return {
    preview,
    remove: () => {
      preview.dispose();
      canvas.remove();
    },
  };
}

function shows(preview: Preview, frame: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = preview.subscribe((state) => {
      if (state.shownFrame !== frame) return;
      stop();
      resolve();
    });
    if (preview.state().shownFrame === frame && preview.state().status === 'paused') {
      stop();
      resolve();
    }
  });
}

async function video(name: string): Promise<HTMLVideoElement> {
  const element = document.createElement('video');
  element.muted = true;
  element.width = 960;
  element.src = URL.createObjectURL(await load(name));
  document.body.append(element);
  await new Promise((resolve) => {
    element.addEventListener('canplaythrough', resolve, { once: true });
  });
  return element;
}

/**
 * Seeks to places all over half a minute of 1080p: how long until that very picture shows, here and in a `<video>`, and
 * how long until the key frame does while it is dragged. Medians in milliseconds; the two take turns.
 */
export async function seeks({ count = 25 } = {}): Promise<{ exactMs: number; roughMs: number; videoMs: number }> {
  const frames = Array.from({ length: count }, (_, index) => (index * 397 + 53) % (hdFrames - 9));
  const asset = await assetRecord('hd.mp4');
  const { preview, remove } = stage(960, 540);
  preview.setDocument(
    createDocument({
      settings: { width: 1920, height: 1080 },
      records: [asset, track('v', 'video', 'a0'), clip('v', 0, hdFrames, fromAsset('hd.mp4'))],
    }),
  );
  await shows(preview, 0);
  const element = await video('hd.mp4');
  const exact: number[] = [];
  const inVideo: number[] = [];
  for (const frame of frames) {
    await pause(200);
    let start = performance.now();
    const shown = shows(preview, frame);
    preview.seek(frame);
    await shown;
    exact.push(performance.now() - start);
    await pause(200);
    start = performance.now();
    const done = new Promise((resolve) => {
      element.addEventListener('seeked', resolve, { once: true });
    });
    element.currentTime = (frame + 0.5) / 30;
    await done;
    inVideo.push(performance.now() - start);
  }
  element.remove();
  // While it is dragged, any picture counts: the key frame before.
  const rough: number[] = [];
  preview.seek(0);
  await shows(preview, 0);
  for (const frame of frames) {
    const start = performance.now();
    const before = preview.state().shownFrame;
    const changed = new Promise<void>((resolve) => {
      const stop = preview.subscribe((state) => {
        if (state.shownFrame === before) return;
        stop();
        resolve();
      });
    });
    // Two seeks at once are what dragging is.
    preview.seek((frame + 301) % (hdFrames - 9));
    preview.seek((frame + 300) % (hdFrames - 9));
    await Promise.race([changed, pause(1000)]);
    rough.push(performance.now() - start);
  }
  remove();
  return { exactMs: median(exact), roughMs: median(rough), videoMs: median(inVideo) };
}

/** Plays two layers of 720p for ten seconds: here, and as two `<video>` elements. How many of the 300 pictures were dropped. */
export async function playback(): Promise<{ dropped: number; droppedByVideos: number }> {
  const playSeconds = 10;
  const names = ['a.mp4', 'b.mp4'] as const;
  const assets = [await assetRecord(names[0]), await assetRecord(names[1])];
  const { preview, remove } = stage(1280, 720);
  const corner = { scale: 0.5, positionX: 0.2, positionY: 0.2 };
  preview.setDocument(
    createDocument({
      settings: { width: 1280, height: 720 },
      records: [
        ...assets,
        track('v', 'video', 'a0'),
        track('p', 'video', 'a1', false),
        clip('v', 0, 600, fromAsset(names[0], 30)),
        clip('p', 0, 600, fromAsset(names[1], 30), corner),
      ],
    }),
  );
  await shows(preview, 0);
  await pause(1000);
  preview.setVolume(0);
  await preview.play();
  await pause(playSeconds * 1000);
  const dropped = preview.state().droppedFrames;
  preview.pause();
  remove();

  const elements = [await video(names[0]), await video(names[1])];
  await pause(1000);
  await Promise.all(elements.map((element) => element.play()));
  await pause(playSeconds * 1000);
  const lost = elements.map((element) => element.getVideoPlaybackQuality().droppedVideoFrames);
  for (const element of elements) {
    element.pause();
    element.remove();
  }
  return { dropped, droppedByVideos: lost.reduce((sum, each) => sum + each, 0) / lost.length };
}
