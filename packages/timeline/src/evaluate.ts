import type { TimelineDocument } from './document.js';
import { mixesSound, soundsAt } from './sound.js';
import type { FrameGraph, Layer, LayerGeometry, TextStyle } from './frame-graph.js';
import { fadeAt } from './fades.js';
import { covers, placeBox, placePicture } from './geometry.js';
import { transitionBetween } from './invariants.js';
import { getPropertyAt } from './keyframes.js';
import { clipsCovering } from './lane.js';
import { getProperty, referenceHeight } from './properties.js';
import type { ClipRecord, TrackRecord } from './records.js';
import { sourceSecondsAt } from './source-time.js';
import { trackSort } from './track-kinds.js';

/**
 * All that is visible and audible in one frame: the one function that preview, export and stills share, so that they
 * can't differ. Pure, and O(log n) in the clips of each track.
 *
 * - Everything is sampled at the *start* of the frame: a fade-in of four frames shows 0, ¼, ½, ¾ and then 1.
 * - Layers are in painting order. A hidden track has no layers, a layer of opacity 0 is left out.
 * - In a crossfade the clip that comes lies over the one that goes and grows opaque; the one that goes stays as it is
 *   where it will be covered whole, and fades where it won't, so that nothing of it pops away at the end.
 * - Sound: see `soundSpans`, whose envelopes `gain` and `gainEnd` are read from.
 */
export function evaluate(document: TimelineDocument, frame: number): FrameGraph {
  const { width, height, background } = document.settings;
  const layers: Layer[] = [];
  for (const track of document.tracks) {
    if (!track.hidden && trackSort(track.kind) === 'picture') addLayers(layers, document, track, frame);
  }
  const isMixed = mixesSound(document);
  const sounds = document.tracks.flatMap((track) => (isMixed(track) ? soundsAt(document, track, frame) : []));
  return { frame, width, height, background, layers, sounds };
}

function addLayers(layers: Layer[], document: TimelineDocument, track: TrackRecord, frame: number): void {
  const [first, second] = clipsCovering(document.clipsOf(track.id), frame);
  if (!first) return;
  const layer = layerOf(first, document, frame);
  const over = second ? layerOf(second, document, frame) : null;
  const transition = second && transitionBetween(first, second, document);
  if (!transition) {
    for (const each of [layer, over]) if (each && each.opacity > 0) layers.push(each);
    return;
  }
  const progress = (frame - second.startFrame) / transition.durationFrames;
  if (layer) {
    const hidden = over && over.kind !== 'text' && over.opacity === 1 && covers(over.geometry, layer.geometry);
    const opacity = hidden ? layer.opacity : layer.opacity * (1 - progress);
    if (opacity > 0) layers.push({ ...layer, opacity });
  }
  if (over && over.opacity * progress > 0) layers.push({ ...over, opacity: over.opacity * progress });
}

function layerOf(clip: ClipRecord, document: TimelineDocument, frame: number): Layer | null {
  const inside = frame - clip.startFrame;
  const base = {
    clipId: clip.id,
    trackId: clip.trackId,
    opacity: getPropertyAt(clip, 'opacity', inside) * fadeAt(clip, inside),
  };
  const { source } = clip;
  switch (source.kind) {
    case 'asset': {
      const geometry = pictureGeometry(clip, source.assetId, document, inside);
      if (!geometry || document.assets.get(source.assetId)?.kind !== 'video') return null;
      const sourceSeconds = sourceSecondsAt(source, inside, document.settings.frameRate);
      return { kind: 'video', ...base, geometry, assetId: source.assetId, sourceSeconds };
    }
    case 'image': {
      const geometry = pictureGeometry(clip, source.assetId, document, inside);
      return geometry && { kind: 'image', ...base, geometry, assetId: source.assetId };
    }
    case 'text':
      return {
        kind: 'text',
        ...base,
        geometry: boxGeometry(clip, document, inside),
        text: source.text,
        style: textStyle(clip, document, inside),
      };
    case 'colour':
      return { kind: 'colour', ...base, geometry: boxGeometry(clip, document, inside), colour: source.colour };
  }
}

function pictureGeometry(
  clip: ClipRecord,
  assetId: Parameters<TimelineDocument['assets']['get']>[0],
  document: TimelineDocument,
  inside: number,
): LayerGeometry | null {
  const asset = document.assets.get(assetId);
  if (!asset) return null;
  const { settings } = document;
  // A probe that found no size leaves 0: such a picture is taken to have the project's.
  const size = asset.width > 0 && asset.height > 0 ? asset : settings;
  return placePicture(size, settings, {
    positionX: getPropertyAt(clip, 'positionX', inside),
    positionY: getPropertyAt(clip, 'positionY', inside),
    scale: getPropertyAt(clip, 'scale', inside),
    rotation: getPropertyAt(clip, 'rotation', inside),
    cropLeft: getPropertyAt(clip, 'cropLeft', inside),
    cropTop: getPropertyAt(clip, 'cropTop', inside),
    cropRight: getPropertyAt(clip, 'cropRight', inside),
    cropBottom: getPropertyAt(clip, 'cropBottom', inside),
    fit: getProperty(clip, 'fit'),
  });
}

function boxGeometry(clip: ClipRecord, document: TimelineDocument, inside: number): LayerGeometry {
  return placeBox(document.settings, {
    positionX: getPropertyAt(clip, 'positionX', inside),
    positionY: getPropertyAt(clip, 'positionY', inside),
    rotation: getPropertyAt(clip, 'rotation', inside),
    // A title's size is its font's; its box is always the whole picture.
    scale: clip.source.kind === 'text' ? 1 : getPropertyAt(clip, 'scale', inside),
  });
}

function textStyle(clip: ClipRecord, document: TimelineDocument, inside: number): TextStyle {
  const { height } = document.settings;
  return {
    fontFamily: getProperty(clip, 'fontFamily'),
    fontSize: (getPropertyAt(clip, 'fontSize', inside) * height) / referenceHeight,
    fontWeight: getProperty(clip, 'fontWeight'),
    italic: getProperty(clip, 'italic'),
    colour: getProperty(clip, 'textColour'),
    align: getProperty(clip, 'textAlign'),
    lineHeight: getProperty(clip, 'lineHeight'),
    backgroundColour: getProperty(clip, 'backgroundColour'),
    backgroundOpacity: getPropertyAt(clip, 'backgroundOpacity', inside),
    padding: (getPropertyAt(clip, 'padding', inside) * height) / referenceHeight,
  };
}
