import {
  type Asset,
  type ClipGenerator,
  type ClipRequest,
  type GenerateOptions,
  type Json,
  LecternError,
  toLecternError,
} from '@lectern/ports';
import type { ServiceLibrary } from './service-library.js';

/** A clip that is to be made for somebody. */
export interface ClipOrder extends ClipRequest {
  readonly ownerId: string;
  /** A UUID of the caller's: the same again gives what was made, and makes nothing. */
  readonly assetId?: string;
  /** The project and the scene that it is for. */
  readonly projectId?: string;
  readonly sceneId?: string;
  readonly tags?: readonly string[];
}

/**
 * Has a clip made and puts it into its owner's library, with where it came from in `studioMetadata`: `generator`,
 * `prompt`, `project_id`, `scene_id` and what the generator wants to be remembered. What fails leaves nothing behind.
 */
export async function generateClip(
  library: Pick<ServiceLibrary, 'putMedia' | 'findMedia'>,
  generator: ClipGenerator,
  order: ClipOrder,
  options: GenerateOptions = {},
): Promise<Asset> {
  const { ownerId, assetId, projectId, sceneId, tags, ...request } = order;
  const made = assetId === undefined ? null : await library.findMedia(assetId, options);
  if (made?.ownerId === ownerId) return made;
  try {
    const clip = await generator.generate(request, options);
    if (clip.data.size === 0) throw new LecternError('file-empty', { message: `${generator.name} gave an empty file` });
    const studioMetadata: Record<string, Json> = {
      ...clip.metadata,
      generator: generator.name,
      prompt: order.prompt,
      ...(projectId !== undefined && { project_id: projectId }),
      ...(sceneId !== undefined && { scene_id: sceneId }),
    };
    return await library.putMedia(
      {
        ownerId,
        ...(assetId !== undefined && { assetId }),
        name: clip.name,
        kind: clip.kind,
        mimeType: clip.mimeType,
        data: clip.data,
        probe: clip.probe ?? null,
        studioMetadata,
        ...(tags && { tags }),
      },
      options,
    );
  } catch (error) {
    throw toLecternError(error);
  }
}
