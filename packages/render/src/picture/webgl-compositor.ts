import type { FrameGraph, Layer } from '@lectern/timeline';
import type { VideoSample } from 'mediabunny';
import {
  CanvasCompositor,
  type LayerPicture,
  type LayerPictures,
  type PictureSize,
  sourceRectangle,
} from './canvas-compositor.js';
import type { FrameCompositor } from './frame-compositor.js';
import { type Planes, type Rectangle, createPlanes, parseColour } from './planes.js';

/** A corner of the output or of a texture: x, y. */
type Point = readonly [number, number];

const vertexShader = `#version 300 es
in vec2 place;
in vec2 texel;
out vec2 at;
void main() {
  at = texel;
  gl_Position = vec4(place, 0, 1);
}`;

// Colours are premultiplied, so that blending is one addition.
const layerShader = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform vec4 colour;
uniform float opacity;
in vec2 at;
out vec4 result;
void main() {
  result = (colour.a > 0.0 ? vec4(colour.rgb, 1) : texture(picture, at)) * opacity;
}`;

/*
 * Four neighbouring samples of a plane become the four bytes of one pixel, so that what is read back are the planes
 * themselves: the rows of Y, then those of U and V, two of which fill a row of the target.
 */
const planesShader = `#version 300 es
precision highp float;
precision highp int;
uniform sampler2D composed;
uniform ivec2 size;
out vec4 result;
const vec3 lumaOf = vec3(0.2126, 0.7152, 0.0722);
vec3 pixel(ivec2 at) {
  return texelFetch(composed, ivec2(at.x, size.y - 1 - at.y), 0).rgb;
}
float luma(ivec2 at) {
  return (16.0 + 219.0 * dot(pixel(at), lumaOf)) / 255.0;
}
float chroma(int sampleIndex, bool isRed) {
  ivec2 at = 2 * ivec2(sampleIndex % (size.x / 2), sampleIndex / (size.x / 2));
  vec3 mean = (pixel(at) + pixel(at + ivec2(1, 0)) + pixel(at + ivec2(0, 1)) + pixel(at + ivec2(1, 1))) / 4.0;
  float y = dot(mean, lumaOf);
  return (128.0 + 224.0 * (isRed ? (mean.r - y) / 1.5748 : (mean.b - y) / 1.8556)) / 255.0;
}
void main() {
  ivec2 place = ivec2(gl_FragCoord.xy);
  int first = 4 * place.x;
  if (place.y < size.y) {
    ivec2 at = ivec2(first, place.y);
    result = vec4(luma(at), luma(at + ivec2(1, 0)), luma(at + ivec2(2, 0)), luma(at + ivec2(3, 0)));
    return;
  }
  int offset = (place.y - size.y) * size.x + first;
  int samples = size.x * size.y / 4;
  bool isRed = offset >= samples;
  int from = isRed ? offset - samples : offset;
  result = vec4(chroma(from, isRed), chroma(from + 1, isRed), chroma(from + 2, isRed), chroma(from + 3, isRed));
}`;

const keptTextures = 24;

/** Sizes whose planes fill whole pixels of four bytes. */
export function suitsWebGl({ width, height }: PictureSize): boolean {
  return width % 8 === 0 && height % 4 === 0;
}

/**
 * Composes frames on the graphics processor, and reads them back as planes: less than half of what the pixels would be,
 * and in the very colours that the other ways give.
 */
export class WebGlCompositor implements FrameCompositor {
  readonly #canvas: CanvasCompositor = new CanvasCompositor();
  readonly #output: PictureSize;
  readonly #scale: number;
  readonly #gl: WebGL2RenderingContext;
  readonly #layers: WebGLProgram;
  readonly #toPlanes: WebGLProgram;
  readonly #composed: Surface;
  readonly #packed: Surface;
  readonly #corners: WebGLBuffer;
  readonly #videos = new Map<string, { sample: VideoSample; texture: WebGLTexture }>();
  readonly #kept = new Map<string, WebGLTexture>();
  readonly #bitmaps = new WeakMap<ImageBitmap, number>();
  #bitmapCount = 0;
  readonly #planes: Planes;

  /**
   * @param scale output pixels per project pixel
   * @throws TypeError where there is no WebGL 2 in workers
   * @throws RangeError for a size that it doesn't suit
   */
  constructor(output: PictureSize, scale: number) {
    const { width, height } = output;
    if (!suitsWebGl(output)) throw new RangeError(`planes of ${String(width)} × ${String(height)} can't be read back`);
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2', { antialias: false, alpha: false, depth: false });
    if (!gl) throw new TypeError('this browser has no WebGL 2 in workers');
    this.#output = output;
    this.#scale = scale;
    this.#gl = gl;
    this.#layers = programOf(gl, layerShader);
    this.#toPlanes = programOf(gl, planesShader);
    this.#composed = surfaceOf(gl, width, height);
    this.#packed = surfaceOf(gl, width / 4, (height * 3) / 2);
    this.#corners = gl.createBuffer();
    this.#planes = createPlanes(width, height);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#corners);
    for (const [name, offset] of [
      ['place', 0],
      ['texel', 8],
    ] as const) {
      for (const program of [this.#layers, this.#toPlanes]) {
        const place = gl.getAttribLocation(program, name);
        if (place < 0) continue;
        gl.enableVertexAttribArray(place);
        gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 16, offset);
      }
    }
  }

  /** @throws TypeError when the graphics processor was taken away */
  compose(graph: FrameGraph, pictures: LayerPictures): Promise<Planes> {
    const gl = this.#gl;
    const { width, height } = this.#output;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#composed.frame);
    gl.viewport(0, 0, width, height);
    const [red, green, blue] = parseColour(graph.background);
    gl.clearColor(red / 255, green / 255, blue / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.#layers);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const layer of graph.layers) this.#addLayer(layer, pictures.get(layer.clipId));

    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#packed.frame);
    gl.viewport(0, 0, width / 4, (height * 3) / 2);
    gl.useProgram(this.#toPlanes);
    gl.disable(gl.BLEND);
    gl.bindTexture(gl.TEXTURE_2D, this.#composed.texture);
    gl.uniform2i(gl.getUniformLocation(this.#toPlanes, 'size'), width, height);
    this.#draw([
      [-1, -1],
      [1, -1],
      [-1, 1],
      [1, 1],
    ]);
    gl.readPixels(0, 0, width / 4, (height * 3) / 2, gl.RGBA, gl.UNSIGNED_BYTE, this.#planes.data);
    this.#forgetUnused(graph);
    if (gl.isContextLost()) return Promise.reject(new TypeError('the graphics processor was taken away'));
    return Promise.resolve(this.#planes);
  }

  #addLayer(layer: Layer, picture: LayerPicture | undefined): void {
    const { geometry } = layer;
    const box = { x: 0, y: 0, width: geometry.width, height: geometry.height };
    if (layer.kind === 'colour') {
      this.#drawBox(layer, box, null, wholeTexture, parseColour(layer.colour));
      return;
    }
    if (layer.kind === 'text') {
      const raster = this.#canvas.texts.get(layer, this.#scale);
      if (!raster) return;
      const key = JSON.stringify([layer.text, layer.style, geometry.sourceWidth, geometry.sourceHeight]);
      const texture = this.#keptTexture(key, () => raster.canvas);
      this.#drawBox(layer, { x: raster.x, y: raster.y, width: raster.width, height: raster.height }, texture);
      return;
    }
    if (!picture) return;
    const shown = sourceRectangle(layer, picture);
    if (picture.kind === 'image') {
      const { bitmap } = picture;
      const texture = this.#keptTexture(`bitmap ${String(this.#numberOf(bitmap))}`, () => bitmap);
      this.#drawBox(layer, box, texture, cornersOf(shown, bitmap, 0, false));
      return;
    }
    const { sample } = picture;
    const texture = this.#videoTexture(layer.clipId, sample);
    const displayed = { width: sample.displayWidth, height: sample.displayHeight };
    this.#drawBox(layer, box, texture, cornersOf(shown, displayed, sample.rotation, sample.flip));
  }

  /** Draws a box of a layer: its places in the output come from the layer's geometry, turned about its centre. */
  #drawBox(
    { geometry, opacity }: Layer,
    { x, y, width, height }: Rectangle,
    texture: WebGLTexture | null,
    texels: readonly Point[] = wholeTexture,
    colour: readonly [number, number, number] | null = null,
  ): void {
    const gl = this.#gl;
    const angle = (geometry.rotation * Math.PI) / 180;
    const [cosine, sine] = geometry.rotation % 360 === 0 ? [1, 0] : [Math.cos(angle), Math.sin(angle)];
    const places = [
      [x, y],
      [x + width, y],
      [x, y + height],
      [x + width, y + height],
    ].map(([left = 0, top = 0]): Point => {
      const [across, down] = [left - geometry.width / 2, top - geometry.height / 2];
      const outX = (geometry.centreX + across * cosine - down * sine) * this.#scale;
      const outY = (geometry.centreY + across * sine + down * cosine) * this.#scale;
      return [(outX / this.#output.width) * 2 - 1, 1 - (outY / this.#output.height) * 2];
    });
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const [red, green, blue] = colour ?? [0, 0, 0];
    gl.uniform4f(gl.getUniformLocation(this.#layers, 'colour'), red / 255, green / 255, blue / 255, colour ? 1 : 0);
    gl.uniform1f(gl.getUniformLocation(this.#layers, 'opacity'), Math.max(0, Math.min(1, opacity)));
    this.#draw(places, texels);
  }

  #draw(places: readonly Point[], texels: readonly Point[] = wholeTexture): void {
    const gl = this.#gl;
    const data = new Float32Array(places.flatMap((place, index) => [...place, ...(texels[index] as Point)]));
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#corners);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STREAM_DRAW);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  #videoTexture(clipId: string, sample: VideoSample): WebGLTexture {
    const known = this.#videos.get(clipId);
    if (known?.sample === sample) return known.texture;
    const texture = known?.texture ?? this.#gl.createTexture();
    const frame = sample.toVideoFrame();
    try {
      this.#fill(texture, frame);
    } finally {
      frame.close();
    }
    this.#videos.set(clipId, { sample, texture });
    return texture;
  }

  #keptTexture(key: string, picture: () => OffscreenCanvas | ImageBitmap): WebGLTexture {
    const known = this.#kept.get(key);
    if (known) return known;
    const texture = this.#gl.createTexture();
    this.#fill(texture, picture());
    this.#kept.set(key, texture);
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= keptTextures) break;
      this.#kept.delete(oldest);
      this.#gl.deleteTexture(old);
    }
    return texture;
  }

  #fill(texture: WebGLTexture, picture: TexImageSource): void {
    const gl = this.#gl;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    // What is drawn smaller is the mean of what it covers.
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  #numberOf(bitmap: ImageBitmap): number {
    const known = this.#bitmaps.get(bitmap);
    if (known !== undefined) return known;
    this.#bitmapCount += 1;
    this.#bitmaps.set(bitmap, this.#bitmapCount);
    return this.#bitmapCount;
  }

  #forgetUnused(graph: FrameGraph): void {
    const used = new Set<string>(graph.layers.map(({ clipId }) => clipId));
    for (const [id, { texture }] of this.#videos) {
      if (used.has(id)) continue;
      this.#videos.delete(id);
      this.#gl.deleteTexture(texture);
    }
  }

  close(): void {
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

interface Surface {
  readonly texture: WebGLTexture;
  readonly frame: WebGLFramebuffer;
}

function surfaceOf(gl: WebGL2RenderingContext, width: number, height: number): Surface {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
  const frame = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) {
    throw new TypeError(`nothing of ${String(width)} × ${String(height)} can be drawn on here`);
  }
  return { texture, frame };
}

function programOf(gl: WebGL2RenderingContext, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new TypeError('the graphics processor was taken away');
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  // Both programs find the corners at the same places.
  gl.bindAttribLocation(program, 0, 'place');
  gl.bindAttribLocation(program, 1, 'texel');
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new TypeError(`a shader can't be used: ${gl.getProgramInfoLog(program) ?? 'no reason was given'}`);
  }
  return program;
}

const wholeTexture: readonly Point[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
];

/** Places in the stored picture of the corners of a rectangle of the displayed one. @param turned degrees clockwise */
function cornersOf(shown: Rectangle, displayed: PictureSize, turned: number, flip: boolean): readonly Point[] {
  return wholeTexture.map(([right, bottom]) => {
    const u = (shown.x + right * shown.width) / displayed.width;
    const v = (shown.y + bottom * shown.height) / displayed.height;
    const across = flip ? 1 - u : u;
    switch (turned) {
      case 90:
        return [v, 1 - across];
      case 180:
        return [1 - across, 1 - v];
      case 270:
        return [1 - v, across];
      default:
        return [across, v];
    }
  });
}
