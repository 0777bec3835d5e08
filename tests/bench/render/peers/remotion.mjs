/** Remotion's renderer for the web. */
import { Audio, Video } from '@remotion/media';
import { renderMediaOnWeb } from '@remotion/web-renderer';
import { createElement as h } from 'react';
import { AbsoluteFill, Sequence, interpolate } from 'remotion';
import * as a from '../timeline-a.mjs';
import { blobOf, peer } from './peer.mjs';

peer(async () => {
  const urls = new Map();
  for (const name of [...a.cuts.map(([cut]) => cut), a.music]) urls.set(name, URL.createObjectURL(await blobOf(name)));
  const length = a.clipSeconds * a.frameRate;
  const total = a.cuts.length * length;
  const volume = (frame) =>
    10 ** (a.musicVolume / 20) *
    interpolate(frame, [0, a.frameRate, total - a.frameRate, total], [0, 1, 1, 0], {
      extrapolateLeft: 'clamp',
      extrapolateRight: 'clamp',
    });
  const box = { background: 'rgba(0, 0, 0, 0.5)', color: '#fff', font: '600 64px sans-serif', padding: '10px 30px' };
  const component = () =>
    h(
      AbsoluteFill,
      null,
      ...a.cuts.map(([name, trim], index) =>
        h(
          Sequence,
          { key: name, from: index * length, durationInFrames: length },
          h(Video, { src: urls.get(name), trimBefore: trim, trimAfter: trim + length }),
        ),
      ),
      h(
        Sequence,
        { key: 'title', from: length, durationInFrames: length },
        h(
          AbsoluteFill,
          { style: { justifyContent: 'center', alignItems: 'center' } },
          h('div', { style: box }, a.title),
        ),
      ),
      h(Audio, { key: 'music', src: urls.get(a.music), volume }),
    );
  return async () => {
    const { getBlob } = await renderMediaOnWeb({
      composition: {
        id: 'a',
        component,
        durationInFrames: total,
        fps: a.frameRate,
        width: a.width,
        height: a.height,
        defaultProps: {},
      },
      container: 'mp4',
      videoCodec: 'h264',
      audioCodec: 'aac',
      videoBitrate: a.videoBitrate,
      audioBitrate: a.audioBitrate,
      keyframeIntervalInSeconds: 2,
      // The least it does for the page while it works.
      pageResponsiveness: 'disabled',
      isProduction: false,
      logLevel: 'error',
    });
    return getBlob();
  };
});
