import type { CallOptions, Json } from './call-options.js';
import type { AssetKind, ProbeFacts } from './domain/asset.js';

/** What a clip is to be made of. */
export interface ClipRequest {
  /** What is to be seen or heard. */
  readonly prompt: string;
  /** What is said in it, when something is. */
  readonly script?: string;
  readonly durationSeconds?: number;
  /** Width by height, such as `16:9`. */
  readonly aspect?: `${number}:${number}`;
  /** BCP 47 */
  readonly language?: string;
  /** A voice of the voice library, in the generator's own words. */
  readonly voice?: Readonly<Record<string, Json>>;
}

export interface GeneratedClip {
  readonly data: Blob;
  readonly mimeType: string;
  /** What people will see. */
  readonly name: string;
  readonly kind: AssetKind;
  readonly probe?: ProbeFacts | null;
  /** What the generator wants to be remembered of its work: a model, a seed. Never a key. */
  readonly metadata?: Readonly<Record<string, Json>>;
}

export interface GenerateOptions extends CallOptions {
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Makes clips of words, on a host's server: a renderer of slides, a voice, a service. */
export interface ClipGenerator {
  /** Kept with every clip: who made it. */
  readonly name: string;
  /** @throws `invalid-input` for what it can't make, `aborted`, `quota-exceeded`, `server`, `timeout`, `rate-limited` */
  generate(request: ClipRequest, options?: GenerateOptions): Promise<GeneratedClip>;
}
