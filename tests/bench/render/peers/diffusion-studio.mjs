/** Diffusion Studio core. Without a key it draws a small watermark, which costs it next to nothing. */
import * as core from '@diffusionstudio/core';
import * as a from '../timeline-a.mjs';
import { blobOf, peer } from './peer.mjs';

peer(async () => {
  const composition = new core.Composition({ width: a.width, height: a.height });
  const clips = await composition.add(new core.Layer({ mode: 'SEQUENTIAL' }));
  for (const [name, trim] of a.cuts) {
    const source = await core.Source.from(new File([await blobOf(name)], name, { type: 'video/mp4' }));
    const from = trim / a.frameRate;
    await clips.add(new core.VideoClip(source, { range: [from, from + a.clipSeconds], height: '100%' }));
  }
  const titles = await composition.add(new core.Layer());
  const png = new File([await a.titlePicture()], 'title.png', { type: 'image/png' });
  await titles.add(
    new core.ImageClip(await core.Source.from(png), { delay: a.clipSeconds, duration: a.clipSeconds, height: '100%' }),
  );
  const sounds = await composition.add(new core.Layer());
  const music = new File([await blobOf(a.music)], a.music, { type: 'audio/mp4' });
  await sounds.add(
    new core.AudioClip(await core.Source.from(music), {
      volume: 10 ** (a.musicVolume / 20),
      fadeInDurationSeconds: 1,
      fadeOutDurationSeconds: 1,
    }),
  );
  const encoder = new core.Encoder(composition, {
    video: { codec: 'avc', bitrate: a.videoBitrate, fps: a.frameRate },
    audio: { codec: 'aac', bitrate: a.audioBitrate, sampleRate: 48_000, numberOfChannels: 2 },
  });
  return async () => {
    const result = await encoder.render();
    if (result.type !== 'success' || !result.data) throw result.error ?? new Error(result.type);
    return result.data;
  };
});
