import type { FrameGraph, Layer, LayerGeometry, TextStyle } from '@lectern/timeline';
import { expect } from 'chai';
import { VideoSample } from 'mediabunny';
import { CanvasCompositor, type LayerPicture, type LayerPictures } from './canvas-compositor.js';
import { chooseCompositor, drawsInSoftware } from './choose-compositor.js';
import type { FrameCompositor } from './frame-compositor.js';
import { PlaneCompositor } from './plane-compositor.js';
import { type Planes, createPlanes, planesFromPixels, planesOf } from './planes.js';
import { SmallPictures } from './small-pictures.js';
import { WebGlCompositor, suitsWebGl } from './webgl-compositor.js';

const output = { width: 320, height: 180 };
const bt709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false } as const;

/** A soft picture that is different in each corner, in planes. */
function planesOfSize(width: number, height: number): Planes {
  const planes = createPlanes(width, height);
  planesOf(planes).forEach((plane, index) => {
    for (let y = 0; y < plane.height; y += 1) {
      for (let x = 0; x < plane.width; x += 1) {
        const across = x / plane.width;
        const down = y / plane.height;
        plane.data[y * plane.width + x] =
          index === 0 ? 40 + 150 * across + 30 * Math.sin(down * 6) : index === 1 ? 100 + 50 * down : 150 - 40 * across;
      }
    }
  });
  return planes;
}

type Kind = 'I420' | 'NV12' | 'RGBA' | 'RGBA with alpha' | 'I420A';

/** The same picture in one of the forms that decoders give. */
function pictureOf(kind: Kind, width = 320, height = 180, rotation: 0 | 90 | 180 | 270 = 0): LayerPicture {
  const { data } = planesOfSize(width, height);
  const luma = width * height;
  const timing = { timestamp: 0, codedWidth: width, codedHeight: height };
  let frame: VideoFrame;
  if (kind === 'I420') {
    frame = new VideoFrame(data, { format: 'I420', colorSpace: bt709, ...timing });
  } else if (kind === 'NV12') {
    const woven = data.slice();
    for (let n = 0; n < luma / 4; n += 1) {
      woven[luma + 2 * n] = data[luma + n] as number;
      woven[luma + 2 * n + 1] = data[luma + luma / 4 + n] as number;
    }
    frame = new VideoFrame(woven, { format: 'NV12', colorSpace: bt709, ...timing });
  } else if (kind === 'I420A') {
    const withAlpha = new Uint8Array(luma * 2.5);
    withAlpha.set(data);
    for (let n = 0; n < luma; n += 1) withAlpha[luma * 1.5 + n] = n % width < width / 2 ? 255 : 96;
    frame = new VideoFrame(withAlpha, { format: 'I420A', colorSpace: bt709, ...timing });
  } else {
    const pixels = new Uint8Array(luma * 4);
    for (let n = 0; n < luma; n += 1) {
      const alpha = kind === 'RGBA' ? 255 : Math.round((255 * Math.floor(n / width)) / height);
      pixels.set([(n % width) / 2 + 40, Math.floor(n / width), 120, alpha], n * 4);
    }
    frame = new VideoFrame(pixels, { format: 'RGBA', ...timing });
  }
  const turned = rotation % 180 === 90;
  const nominal = turned ? { width: height, height: width } : { width, height };
  return { kind: 'video', sample: new VideoSample(frame, { rotation, timestamp: 0 }), nominal };
}

function geometry(props: Partial<LayerGeometry> = {}): LayerGeometry {
  return {
    centreX: 160,
    centreY: 90,
    width: 320,
    height: 180,
    rotation: 0,
    sourceX: 0,
    sourceY: 0,
    sourceWidth: 320,
    sourceHeight: 180,
    ...props,
  };
}

function video(clipId: string, props: Partial<LayerGeometry> = {}, opacity = 1): Layer {
  const ids = { clipId, trackId: 'v', assetId: clipId } as unknown as Pick<Layer & { kind: 'video' }, 'clipId'>;
  return { kind: 'video', ...ids, opacity, geometry: geometry(props), sourceSeconds: 0 } as Layer;
}

const style: TextStyle = {
  fontFamily: 'sans-serif',
  fontSize: 28,
  fontWeight: 600,
  italic: false,
  colour: '#ffffff',
  align: 'centre',
  lineHeight: 1.2,
  backgroundColour: '#203060',
  backgroundOpacity: 0.5,
  padding: 8,
};

function text(opacity = 1, props: Partial<LayerGeometry> = {}): Layer {
  const ids = { clipId: 'title', trackId: 't' };
  return { kind: 'text', ...ids, opacity, geometry: geometry(props), text: 'What is a limit?', style } as Layer;
}

function colour(props: Partial<LayerGeometry>, opacity: number): Layer {
  const ids = { clipId: 'colour', trackId: 'c' };
  return { kind: 'colour', ...ids, opacity, geometry: geometry(props), colour: '#c81e50' } as Layer;
}

interface Scene {
  readonly layers: readonly Layer[];
  readonly pictures: () => Record<string, LayerPicture>;
}

const corner = { centreX: 250, centreY: 140, width: 96, height: 54 };
const small = { centreX: 90, centreY: 70, width: 100, height: 150 };

const scenes: Record<string, Scene> = {
  'a whole picture under a title': { layers: [video('a'), text()], pictures: () => ({ a: pictureOf('I420') }) },
  'a picture in a picture under a title that fades': {
    layers: [video('a'), video('b', corner), text(0.4)],
    pictures: () => ({ a: pictureOf('I420'), b: pictureOf('I420') }),
  },
  'a crossfade': {
    layers: [video('a'), video('b', {}, 0.35)],
    pictures: () => ({ a: pictureOf('NV12'), b: pictureOf('RGBA') }),
  },
  'NV12 planes, whole and shrunk': {
    layers: [video('a'), video('b', corner, 0.8)],
    pictures: () => ({ a: pictureOf('NV12'), b: pictureOf('NV12') }),
  },
  'pictures that only come as RGBA': {
    layers: [video('a'), video('b', corner)],
    pictures: () => ({ a: pictureOf('RGBA'), b: pictureOf('RGBA') }),
  },
  'pictures with alpha': {
    layers: [colour({}, 1), video('a'), video('b', corner)],
    pictures: () => ({ a: pictureOf('RGBA with alpha'), b: pictureOf('I420A') }),
  },
  'a picture that grows, cut by the edge': {
    layers: [video('a', { centreX: 40, centreY: 20, width: 500, height: 281.25 })],
    pictures: () => ({ a: pictureOf('I420') }),
  },
  'a crop of a picture of odd size': {
    layers: [video('a', { ...corner, sourceX: 40, sourceY: 20, sourceWidth: 160, sourceHeight: 90 })],
    pictures: () => ({ a: pictureOf('RGBA', 321, 181) }),
  },
  'pictures that were filmed upright': {
    layers: [
      video('a', { ...small, sourceWidth: 180, sourceHeight: 320 }),
      video('b', { ...small, centreX: 210, sourceWidth: 180, sourceHeight: 320 }),
    ],
    pictures: () => ({ a: pictureOf('I420', 320, 180, 90), b: pictureOf('I420', 320, 180, 270) }),
  },
  'turned layers over a colour': {
    layers: [
      colour({ width: 200, height: 120 }, 0.5),
      video('a', { ...small, rotation: 30 }),
      text(1, { rotation: -20 }),
    ],
    pictures: () => ({ a: pictureOf('I420') }),
  },
};

function graphOf(layers: readonly Layer[]): FrameGraph {
  return { frame: 0, ...output, background: '#1a2b3c', layers, sounds: [] };
}

function reference(graph: FrameGraph, pictures: LayerPictures): Planes {
  const canvas = new OffscreenCanvas(output.width, output.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new TypeError('no canvas');
  new CanvasCompositor().drawFrame(context, graph, pictures, 1);
  const planes = createPlanes(output.width, output.height);
  planesFromPixels(context.getImageData(0, 0, output.width, output.height).data, planes);
  return planes;
}

/** The mean difference of each plane, and of how many samples in a thousand more than `far` differs. */
function difference(a: Planes, b: Planes, far: number): { mean: number; farPerMille: number } {
  let sum = 0;
  let tooFar = 0;
  a.data.forEach((value, index) => {
    const off = Math.abs(value - (b.data[index] as number));
    sum += off;
    if (off > far) tooFar += 1;
  });
  return { mean: sum / a.data.length, farPerMille: (tooFar / a.data.length) * 1000 };
}

const compositors: Record<string, () => FrameCompositor> = {
  planes: () => new PlaneCompositor(output, 1),
  WebGL: () => new WebGlCompositor(output, 1),
};

describe('composing', () => {
  for (const [way, make] of Object.entries(compositors)) {
    for (const [name, { layers, pictures }] of Object.entries(scenes)) {
      it(`with ${way} gives the canvas’s picture: ${name}`, async () => {
        const shown: LayerPictures = new Map(Object.entries(pictures()));
        const compositor = make();
        const graph = graphOf(layers);
        const expected = reference(graph, shown);
        const { mean, farPerMille } = difference(await compositor.compose(graph, shown), expected, 12);
        // Edges fall on whole pixels in planes, and colours of small letters are spread over two.
        expect(mean, 'mean').to.be.below(1.5);
        expect(farPerMille, 'far off').to.be.below(20);
        compositor.close();
        for (const picture of shown.values()) if (picture.kind === 'video') picture.sample.close();
      });
    }

    it(`with ${way} shows the next picture of a clip, and not the one before`, async () => {
      const compositor = make();
      const graph = graphOf([video('a'), video('b', corner)]);
      const first = pictureOf('I420');
      await compositor.compose(graph, new Map(Object.entries({ a: first, b: first })));
      const next = pictureOf('RGBA');
      const pictures = new Map(Object.entries({ a: next, b: next }));
      const { mean } = difference(await compositor.compose(graph, pictures), reference(graph, pictures), 12);
      expect(mean).to.be.below(1.5);
      compositor.close();
      for (const picture of [first, next]) if (picture.kind === 'video') picture.sample.close();
    });
  }

  it('draws pictures whose planes the browser keeps to itself', async () => {
    const picture = pictureOf('I420');
    if (picture.kind !== 'video') return;
    const { sample } = picture;
    const open = sample.toVideoFrame.bind(sample);
    let asked = 0;
    sample.toVideoFrame = () => {
      const frame = open();
      frame.copyTo = () => {
        asked += 1;
        return Promise.reject(new DOMException('no', 'NotSupportedError'));
      };
      return frame;
    };
    const pictures = new Map([['a', picture]]);
    const graph = graphOf([video('a'), text()]);
    const compositor = new PlaneCompositor(output, 1);
    await compositor.compose(graph, pictures);
    const { mean } = difference(await compositor.compose(graph, pictures), reference(graph, pictures), 12);
    expect(mean).to.be.below(1.5);
    expect(asked).to.equal(1);
    sample.close();
  });

  for (const kind of ['I420', 'NV12', 'RGBA'] as const) {
    it(`draws a picture in ${kind} small as the canvas does`, async () => {
      const picture = pictureOf(kind);
      if (picture.kind !== 'video') return;
      const bitmap = await new SmallPictures(45).draw(picture.sample);
      expect([bitmap.width, bitmap.height]).to.deep.equal([80, 45]);
      const [seen, meant] = [new OffscreenCanvas(80, 45), new OffscreenCanvas(80, 45)].map((canvas) =>
        canvas.getContext('2d', { willReadFrequently: true }),
      );
      if (!seen || !meant) throw new TypeError('no canvas');
      seen.drawImage(bitmap, 0, 0);
      meant.imageSmoothingQuality = 'medium';
      picture.sample.draw(meant, 0, 0, 80, 45);
      const pixels = meant.getImageData(0, 0, 80, 45).data;
      let off = 0;
      seen.getImageData(0, 0, 80, 45).data.forEach((value, index) => {
        off += Math.abs(value - (pixels[index] as number));
      });
      expect(off / pixels.length).to.be.below(3);
      bitmap.close();
      picture.sample.close();
    });
  }

  it('is done in planes where a program stands in for the graphics processor', async () => {
    const compositor = await chooseCompositor(output, 1);
    expect(compositor instanceof PlaneCompositor).to.equal(drawsInSoftware());
    compositor.close();
  });

  it('says so when the graphics processor is taken away', async () => {
    const compositor = new WebGlCompositor(output, 1);
    compositor.close();
    const outcome = await compositor.compose(graphOf([]), new Map()).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(TypeError);
  });

  it('leaves sizes to the planes that can’t be read back', () => {
    expect(suitsWebGl({ width: 1920, height: 1080 })).to.equal(true);
    expect(suitsWebGl({ width: 854, height: 480 })).to.equal(false);
    expect(() => new WebGlCompositor({ width: 854, height: 480 }, 1)).to.throw(RangeError);
  });
});
