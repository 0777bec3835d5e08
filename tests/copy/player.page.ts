/**
 * Plays a file and says which pictures are seen: by seeking, by playing across joints, and by WebCodecs. The address
 * tells what to play; the answer is posted to `/answer`, so that a browser that nobody drives can be asked too.
 */
import { ALL_FORMATS, Input, UrlSource, VideoSampleSink } from 'mediabunny';
import { readFrameCode } from '../../packages/testing/src/frame-code.js';

/** What to look at; frames of the file. */
export interface PlayOrder {
  readonly file: string;
  readonly frameRate: number;
  readonly seeks: readonly number[];
  /** Stretches that are played, first and last frame. */
  readonly plays: readonly (readonly [number, number])[];
}

/** What was seen at a frame, `source:number` or `none`. */
export type SeenFrame = readonly [frame: number, seen: string];

export interface PlayAnswer {
  readonly seeks: readonly SeenFrame[];
  readonly plays: readonly (readonly SeenFrame[])[];
  /** Every picture in order, and those that were sought one by one. Null where the browser can't decode that way. */
  readonly decoded: { readonly all: readonly SeenFrame[]; readonly sought: readonly SeenFrame[] } | null;
  readonly failure: string | null;
}

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true });

function codeOf(draw: (context: CanvasRenderingContext2D) => void, width: number, height: number): string {
  if (!context) throw new Error('this browser has no 2D canvas');
  canvas.width = width;
  canvas.height = height;
  draw(context);
  const code = readFrameCode(context.getImageData(0, 0, width, height));
  return code ? `${String(code.source)}:${String(code.frame)}` : 'none';
}

const seenIn = (video: HTMLVideoElement): string =>
  codeOf(
    (to) => {
      to.drawImage(video, 0, 0);
    },
    video.videoWidth,
    video.videoHeight,
  );

function once(video: HTMLVideoElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(
      name,
      () => {
        resolve();
      },
      { once: true },
    );
    video.addEventListener(
      'error',
      () => {
        reject(new Error(`the player stopped: ${video.error?.message ?? ''}`));
      },
      { once: true },
    );
  });
}

/** How long a picture may take to be there after a seek; one to the picture that is there already brings none. */
const pictureMilliseconds = 2000;
const nearSeconds = 0.1;

async function seek(video: HTMLVideoElement, seconds: number): Promise<void> {
  const sought = once(video, 'seeked');
  // On a busy machine the seek has ended before its picture can be drawn.
  const presented = new Promise<void>((resolve) => {
    const look = (_: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      // The picture of the seek before may come late, too.
      if (Math.abs(mediaTime - seconds) < nearSeconds) resolve();
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    setTimeout(resolve, pictureMilliseconds);
  });
  video.currentTime = seconds;
  await sought;
  await presented;
}

/** The pictures that come while it plays from one frame to another; some may be left out on a slow machine. */
async function play(video: HTMLVideoElement, from: number, to: number, frameRate: number): Promise<SeenFrame[]> {
  await seek(video, (from + 0.5) / frameRate);
  const seen: SeenFrame[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    video.onended = () => {
      resolve();
    };
    video.onerror = () => {
      reject(new Error(`the player stopped: ${video.error?.message ?? ''}`));
    };
    const look = (_: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      const frame = Math.round(mediaTime * frameRate);
      seen.push([frame, seenIn(video)]);
      if (frame >= to) resolve();
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
  await video.play();
  await finished;
  video.pause();
  return seen;
}

async function decode({ file, frameRate, seeks }: PlayOrder): Promise<PlayAnswer['decoded']> {
  const input = new Input({ source: new UrlSource(file), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track || !('VideoDecoder' in globalThis) || !(await track.canDecode())) return null;
    const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
    const sink = new VideoSampleSink(track);
    const read = (sample: {
      timestamp: number;
      draw: (to: CanvasRenderingContext2D, x: number, y: number) => void;
    }): SeenFrame => [
      Math.round(sample.timestamp * frameRate),
      codeOf(
        (to) => {
          sample.draw(to, 0, 0);
        },
        width,
        height,
      ),
    ];
    const all: SeenFrame[] = [];
    for await (const sample of sink.samples()) {
      all.push(read(sample));
      sample.close();
    }
    const sought: SeenFrame[] = [];
    for (const frame of seeks) {
      const sample = await sink.getSample((frame + 0.5) / frameRate);
      sought.push([frame, sample ? read(sample)[1] : 'none']);
      sample?.close();
    }
    return { all, sought };
  } finally {
    input.dispose();
  }
}

async function answer(order: PlayOrder): Promise<PlayAnswer> {
  const seeks: SeenFrame[] = [];
  const plays: SeenFrame[][] = [];
  let decoded: PlayAnswer['decoded'] = null;
  try {
    const video = document.createElement('video');
    video.muted = true;
    video.preload = 'auto';
    document.body.append(video);
    const loaded = once(video, 'loadeddata');
    video.src = order.file;
    await loaded;
    for (const frame of order.seeks) {
      await seek(video, (frame + 0.5) / order.frameRate);
      seeks.push([frame, seenIn(video)]);
    }
    for (const [from, to] of order.plays) plays.push(await play(video, from, to, order.frameRate));
    decoded = await decode(order);
    return { seeks, plays, decoded, failure: null };
  } catch (error) {
    return { seeks, plays, decoded, failure: String(error) };
  }
}

const asked = new URLSearchParams(location.search).get('order');
if (asked !== null) {
  const said = await answer(JSON.parse(asked) as PlayOrder);
  await fetch('/answer', { method: 'POST', body: JSON.stringify(said) });
}
