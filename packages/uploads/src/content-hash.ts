import { contentHashOfStream, type ContentHashOptions } from '@lectern/ports';

/**
 * A file's content in 64 hexadecimal digits, as whoever verifies the stored bytes computes it: see `contentHashOfStream`.
 *
 * @throws `aborted`, and as `Blob.stream` does when the file has gone
 */
export async function contentHash(file: Blob, options: ContentHashOptions = {}): Promise<string> {
  return contentHashOfStream(file.stream(), options);
}
