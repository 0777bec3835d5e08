import { VideoSample } from 'mediabunny';

/**
 * A copy of a decoded picture in memory of its own. Decoders stop when too many of their pictures are held, so what is
 * kept for longer is copied.
 */
export async function copyPicture(sample: VideoSample): Promise<VideoSample> {
  const frame = sample.toVideoFrame();
  try {
    const { rotation, flip, timestamp, duration } = sample;
    const { format } = frame;
    if (format === null) {
      // A picture that stays on the graphics processor in a form of its own.
      const bitmap = await createImageBitmap(frame);
      const copy = new VideoFrame(bitmap, { timestamp: frame.timestamp });
      bitmap.close();
      return new VideoSample(copy, { rotation, flip, timestamp, duration });
    }
    const data = new Uint8Array(frame.allocationSize());
    const layout = await frame.copyTo(data);
    const rectangle = frame.visibleRect;
    // The buffer is handed over instead of copied once more, where the browser knows how.
    const init: VideoFrameBufferInit & { transfer: ArrayBuffer[] } = {
      format,
      layout,
      codedWidth: rectangle?.width ?? frame.codedWidth,
      codedHeight: rectangle?.height ?? frame.codedHeight,
      displayWidth: frame.displayWidth,
      displayHeight: frame.displayHeight,
      timestamp: frame.timestamp,
      colorSpace: frame.colorSpace.toJSON(),
      transfer: [data.buffer],
    };
    return new VideoSample(new VideoFrame(data, init), { rotation, flip, timestamp, duration });
  } finally {
    frame.close();
  }
}
