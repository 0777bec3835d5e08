import { exportColourSpace } from '../picture/plane-compositor.js';
import { type EncodedPicture, PictureEncoder, type PictureEncoderOptions } from './picture-encoder.js';

/**
 * What an encoder's packets will be decoded with, found by encoding one grey picture as it will encode all others: the
 * record of a track in which they stand beside copied packets is written before the first of them is made.
 *
 * @throws EncoderError
 */
export async function encoderConfiguration(
  options: Omit<PictureEncoderOptions, 'secondsAt' | 'onPicture'>,
): Promise<VideoDecoderConfig | null> {
  const { width, height, frameRate } = options;
  const pictures: EncodedPicture[] = [];
  const encoder = new PictureEncoder({
    ...options,
    secondsAt: (index) => index / frameRate,
    onPicture: (picture) => {
      pictures.push(picture);
    },
  });
  try {
    const data = new Uint8Array((width * height * 3) / 2).fill(128);
    const shape = { format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0 } as const;
    await encoder.encode(new VideoFrame(data, { ...shape, colorSpace: exportColourSpace }), true);
    await encoder.flush();
    return pictures[0]?.config ?? null;
  } finally {
    encoder.close();
  }
}
