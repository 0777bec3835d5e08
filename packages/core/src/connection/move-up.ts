import {
  type Asset,
  type AssetVersion,
  type Backend,
  type BlobStat,
  type ChapterItem,
  type CourseChange,
  type CourseOutline,
  isLecternError,
  LecternError,
  type LecternErrorCode,
  type MoveProgress,
  type MoveReport,
  type NewAssetVersion,
  type OpenedProject,
  type ProjectSummary,
  type SaveRequest,
  serialiseError,
  toLecternError,
} from '@lectern/ports';
import { parseTimeline } from '@lectern/timeline/schema';
import { saveRequestOf, usedAssetIds } from '../autosave/save-request.js';
import { relinkAssets } from '../project-file/relink-assets.js';
import { type AttemptOptions, attempts } from './attempts.js';
import {
  assetKey,
  assetStamp,
  courseKey,
  courseStamp,
  findLocalWork,
  type LocalWork,
  projectKey,
  projectStamp,
} from './local-work.js';
import type { MovedNote, MoveNotes } from './move-notes.js';
import { isUuid, stableId } from './stable-id.js';

export interface MoveOptions {
  readonly local: Backend;
  readonly remote: Backend;
  readonly notes: MoveNotes;
  /** Of this browser's guest: other browsers' things of the same name are others. */
  readonly guestId: string;
  /** Who is signed in over there. */
  readonly userId: string;
  readonly copyTitle: (title: string) => string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: MoveProgress) => void) | undefined;
  readonly attempts: Omit<AttemptOptions, 'signal'>;
}

/** Without these, nothing that comes later would do better. */
const endsEverything: ReadonlySet<LecternErrorCode> = new Set(['aborted', 'offline', 'unauthenticated']);
const progressEveryMs = 100;
/** A reservation that has run out is asked for under another id. */
const reservations = 3;

/**
 * Copies what is here and not there, in the order of who refers to whom: assets, projects, courses. Every step looks at
 * what is there first, under ids that always come out the same: it can be broken off anywhere and begun again.
 *
 * @throws `aborted`, `offline`, `unauthenticated`; everything else is in the report
 */
export async function moveUp(options: MoveOptions): Promise<MoveReport> {
  const moved = await options.notes.moved();
  const work = await findLocalWork(options.local, moved, options.signal ? { signal: options.signal } : {});
  return new Move(options, work, moved).run();
}

class Move {
  readonly #options: MoveOptions;
  readonly #work: LocalWork;
  readonly #moved: ReadonlyMap<string, MovedNote>;
  readonly #call: { readonly signal?: AbortSignal };
  /** Local ids of what stays here for now: nothing goes up that would point at nothing. */
  readonly #heldBack = new Map<string, string>();
  readonly #failed: { readonly name: string; readonly error: ReturnType<typeof serialiseError> }[] = [];
  readonly #totalBytes: number;
  readonly #total: number;
  #movedBytes = 0;
  #count = 0;
  #name = '';
  #toldAt = -Infinity;

  constructor(options: MoveOptions, work: LocalWork, moved: ReadonlyMap<string, MovedNote>) {
    this.#options = options;
    this.#work = work;
    this.#moved = moved;
    this.#call = options.signal ? { signal: options.signal } : {};
    this.#totalBytes = work.assets.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#total = work.assets.length + work.projects.length + work.courses.length;
  }

  async run(): Promise<MoveReport> {
    const { assets, projects, courses } = this.#work;
    for (const asset of assets) {
      const before = this.#movedBytes;
      await this.#item(asset.id, asset.name, async () => {
        await this.#moveAsset(asset);
        await this.#done(assetKey(asset.id), assetStamp(asset));
      });
      this.#movedBytes = before + asset.sizeBytes;
    }
    for (const project of projects) {
      await this.#item(project.id, project.title, async () => {
        const rev = await this.#moveProject(project);
        await this.#done(projectKey(project.id), projectStamp(project), rev);
      });
    }
    for (const outline of courses) {
      await this.#item(outline.course.id, outline.course.title, async () => {
        await this.#moveCourse(outline);
        await this.#done(courseKey(outline.course.id), courseStamp(outline));
      });
    }
    this.#tell(true);
    return { moved: this.#count - this.#failed.length, failed: this.#failed };
  }

  /** One that fails stays here, whole, and stops no other. */
  async #item(id: string, name: string, work: () => Promise<void>): Promise<void> {
    this.#name = name;
    this.#tell();
    try {
      this.#options.signal?.throwIfAborted();
      await work();
    } catch (thrown) {
      const error = toLecternError(thrown);
      if (endsEverything.has(error.code)) throw error;
      this.#heldBack.set(id, name);
      this.#failed.push({ name, error: serialiseError(error) });
    }
    this.#count += 1;
  }

  async #done(key: string, stamp: string, rev = 0): Promise<void> {
    await this.#options.notes.setMoved(key, { stamp, rev });
  }

  #tell(always = false): void {
    const { onProgress } = this.#options;
    const now = performance.now();
    if (!onProgress || (!always && now - this.#toldAt < progressEveryMs)) return;
    this.#toldAt = now;
    onProgress({
      movedBytes: Math.min(this.#movedBytes, this.#totalBytes),
      totalBytes: this.#totalBytes,
      moved: this.#count,
      total: this.#total,
      name: this.#name,
    });
  }

  /** Calls that may be repeated, as all of them may. */
  #again<T>(work: (call: { readonly signal: AbortSignal }) => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    return attempts((attempt) => work({ signal: attempt.signal }), { ...this.#options.attempts, signal });
  }

  /** The id over there: its own, or for ids that are no UUIDs (a host's, of a time without a server) one made of it. */
  #idOf(id: string): string {
    return isUuid(id) ? id : stableId(this.#options.guestId, id);
  }

  // ── Assets ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async #moveAsset(asset: Asset): Promise<void> {
    const { local, remote } = this.#options;
    const id = this.#idOf(asset.id);
    const versions = (await local.assets.versions(asset.id, this.#call)).toReversed();
    const wasThere = await this.#remoteAsset(id);
    let there = wasThere;
    const have = there ? await this.#remoteVersions(id) : [];
    let same = 0;
    while (same < versions.length && versions[same]?.blobKey === have[same]?.blobKey) same += 1;
    const ahead = have.length > same ? have.at(-1) : undefined;
    const keys = new Set(have.map(({ blobKey }) => blobKey));
    for (const version of versions.slice(same)) {
      if (ahead && keys.has(version.blobKey)) continue;
      if (!there) {
        await this.#moveBytes(version);
        there = await this.#create(asset, id, version);
      } else if (keys.has(version.blobKey)) {
        // An older version that was put in place again: its bytes are there already.
        const older = (await this.#remoteVersions(id)).find(({ blobKey }) => blobKey === version.blobKey);
        if (older) await this.#again((call) => remote.assets.restoreVersion(id, older.id, call));
      } else {
        await this.#moveBytes(version);
        await this.#again((call) => remote.assets.addVersion(id, versionOf(asset, version), call));
      }
      keys.add(version.blobKey);
    }
    // Somebody replaced it over there in the meantime: that stays what is in place.
    if (ahead && versions.slice(same).some(({ blobKey }) => !have.some((known) => known.blobKey === blobKey)))
      await this.#again((call) => remote.assets.restoreVersion(id, ahead.id, call));
    await this.#movePoster(asset, id);
    // What was moved before and then changed here; what was only found there is passed over.
    if (wasThere && this.#moved.has(assetKey(asset.id))) {
      const { name, tags, studioMetadata } = asset;
      await this.#again((call) => remote.assets.update(id, { name, tags, studioMetadata }, call));
    }
    for (const usage of await local.assets.usage(asset.id, this.#call)) {
      // Saving a project and changing a course keep theirs.
      if (usage.resourceType === 'project' || usage.resourceType === 'chapter') continue;
      await this.#again((call) => remote.assets.link({ ...usage, assetId: id }, call));
    }
  }

  async #remoteAsset(id: string): Promise<Asset | null> {
    const [asset] = await this.#again((call) => this.#options.remote.assets.getMany([id], call));
    return asset ?? null;
  }

  /** Oldest first. */
  async #remoteVersions(id: string): Promise<readonly AssetVersion[]> {
    return (await this.#again((call) => this.#options.remote.assets.versions(id, call))).toReversed();
  }

  async #create(asset: Asset, id: string, version: AssetVersion): Promise<Asset> {
    const { remote } = this.#options;
    const { posterKey: _later, ...bytes } = versionOf(asset, version);
    const { name, sourceType, tags } = asset;
    try {
      return await this.#again((call) =>
        remote.assets.create(
          {
            ...bytes,
            id,
            name,
            kind: version.probe?.kind ?? asset.kind,
            sourceType,
            tags,
            studioMetadata: this.#metadata(asset),
            posterKey: null,
          },
          call,
        ),
      );
    } catch (error) {
      // The answer to our own call may have been lost.
      if (!isLecternError(error) || error.code !== 'already-exists') throw error;
      const there = await this.#remoteAsset(id);
      if (there?.blobKey !== version.blobKey) throw error;
      return there;
    }
  }

  #metadata({ studioMetadata }: Asset): Asset['studioMetadata'] {
    const projectId = studioMetadata['project_id'];
    return typeof projectId === 'string' ? { ...studioMetadata, project_id: this.#idOf(projectId) } : studioMetadata;
  }

  async #moveBytes({ blobKey, sizeBytes, mimeType }: AssetVersion): Promise<void> {
    const { local, remote, notes, userId, guestId, signal } = this.#options;
    if (await this.#isStored(blobKey, sizeBytes)) return;
    const bytes = await local.blobs.get(blobKey, this.#call);
    const noteKey = `${userId}/${blobKey}`;
    const before = this.#movedBytes;
    const send = async (transfer: Parameters<typeof remote.transfers.send>[0]): Promise<BlobStat> =>
      remote.transfers.send(transfer, bytes, {
        ...this.#call,
        remember: (known) => notes.setTransfer(noteKey, known),
        run: (work) => attempts(work, { ...this.#options.attempts, signal }),
        onProgress: (stored) => {
          this.#movedBytes = before + stored;
          this.#tell();
        },
      });
    for (let turn = 0; ; turn += 1) {
      try {
        const known = await notes.transfer(noteKey);
        const transfer =
          known ??
          (await this.#again((call) =>
            remote.transfers.reserve(
              { id: stableId(guestId, userId, blobKey, String(turn)), key: blobKey, sizeBytes, mimeType },
              call,
            ),
          ));
        await send(transfer);
        break;
      } catch (error) {
        // It has run out, or the store has forgotten it.
        if (!isLecternError(error) || error.code !== 'not-found' || turn + 1 === reservations) throw error;
        await notes.setTransfer(noteKey, null);
      }
    }
    await notes.setTransfer(noteKey, null);
  }

  /** @throws `already-exists` when something else is stored under the key */
  async #isStored(key: string, sizeBytes: number): Promise<boolean> {
    const stat = await this.#again((call) => this.#options.remote.blobs.stat(key, call));
    if (!stat) return false;
    if (stat.sizeBytes === sizeBytes) return true;
    throw new LecternError('already-exists', { message: `Something else is stored under ${key}`, details: { key } });
  }

  /** A picture is made again when it is missed: that it doesn't move is no reason to hold anything back. */
  async #movePicture(key: string): Promise<boolean> {
    const { local, remote } = this.#options;
    try {
      const picture = await local.blobs.get(key, this.#call);
      if (await this.#isStored(key, picture.size)) return true;
      await this.#again(async (call) => {
        try {
          await remote.blobs.put(key, picture, { ...call, mimeType: picture.type });
        } catch (error) {
          if (!isLecternError(error) || error.code !== 'already-exists') throw error;
        }
      });
      return true;
    } catch (thrown) {
      const error = toLecternError(thrown);
      if (endsEverything.has(error.code)) throw error;
      return false;
    }
  }

  async #movePoster(asset: Asset, id: string): Promise<void> {
    const { posterKey } = asset;
    const there = await this.#remoteAsset(id);
    if (posterKey === null || there?.posterKey !== null) return;
    if (await this.#movePicture(posterKey))
      await this.#again((call) => this.#options.remote.assets.update(id, { posterKey }, call));
  }

  // ── Projects ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Returns the project's revision over there. */
  async #moveProject(project: ProjectSummary): Promise<number> {
    const { local, remote, guestId, userId, copyTitle } = this.#options;
    const opened = await local.projects.open(project.id, this.#call);
    const request = await this.#saveRequest(opened);
    const answer = await this.#again((call) => remote.projects.save(request, { ...call, asUserId: userId }));
    if (answer.outcome === 'too-new') throw new LecternError('too-new');
    let { projectId } = request;
    let rev: number;
    if (answer.outcome === 'ok') rev = answer.rev;
    else if (answer.outcome === 'conflict' && answer.headHash === request.hash) rev = answer.headRev;
    else {
      // Somebody went on with it over there, or removed it: both are kept, as when a person is asked.
      projectId = stableId(guestId, userId, project.id, String(project.rev), 'copy');
      const copy: SaveRequest = {
        ...request,
        projectId,
        baseRev: 0,
        saveId: stableId(request.saveId, 'copy'),
        title: copyTitle(project.title),
      };
      const kept = await this.#again((call) => remote.projects.save(copy, { ...call, asUserId: userId }));
      if (kept.outcome !== 'ok') throw new LecternError('conflict', { details: { outcome: kept.outcome } });
      rev = answer.outcome === 'conflict' ? answer.headRev : 0;
    }
    await this.#describe(project, projectId, projectId === request.projectId);
    return rev;
  }

  async #saveRequest({ project, schemaVersion, state }: OpenedProject): Promise<SaveRequest> {
    const { guestId, userId } = this.#options;
    const { document } = parseTimeline(state);
    const used = usedAssetIds(document);
    const held = used.flatMap((id) => this.#heldBack.get(id) ?? []);
    if (held.length > 0) throw new LecternError('source-missing', { details: { asset: held.join(', ') } });
    const facts = {
      projectId: this.#idOf(project.id),
      baseRev: this.#moved.get(projectKey(project.id))?.rev ?? 0,
      saveId: stableId(guestId, userId, project.id, String(project.rev)),
      kind: project.isDraft ? ('manual' as const) : ('publish' as const),
      title: project.title,
      description: project.description,
    };
    const foreign = [...document.assets.keys()].filter((id) => !isUuid(id));
    if (foreign.length > 0) {
      const ids = new Map(foreign.map((id) => [id, this.#idOf(id)] as const));
      return saveRequestOf(relinkAssets(document, ids), facts);
    }
    // As it is stored, to the letter.
    const { totalFrames, durationSeconds, contentHash: hash } = project;
    return { ...facts, hash, schemaVersion, state, totalFrames, durationSeconds, assetIds: used };
  }

  /** What stands beside the document. */
  async #describe(project: ProjectSummary, id: string, isItself: boolean): Promise<void> {
    const { posterKey, lastExportId, isDraft, title, description } = project;
    const hasPicture = posterKey !== null && (await this.#movePicture(posterKey));
    const wasMoved = isItself && this.#moved.has(projectKey(project.id));
    const details = {
      isDraft,
      ...(hasPicture ? { posterKey } : {}),
      ...(lastExportId === null ? {} : { lastExportId: this.#idOf(lastExportId) }),
      ...(wasMoved ? { title, description } : {}),
    };
    await this.#again((call) => this.#options.remote.projects.describe(id, details, call));
  }

  // ── Courses ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async #moveCourse({ course, chapters }: CourseOutline): Promise<void> {
    const courseId = this.#idOf(course.id);
    await this.#apply({ type: 'course.create', id: courseId, title: course.title });
    const left: string[] = [];
    for (const chapter of chapters) {
      const chapterId = this.#idOf(chapter.id);
      await this.#apply({ type: 'chapter.create', id: chapterId, courseId, title: chapter.title });
      for (const item of chapter.items) {
        const name = this.#heldBack.get(targetId(item.target));
        if (name === undefined) {
          const { title, target } = item;
          const id = this.#idOf(item.id);
          await this.#apply({ type: 'item.attach', id, chapterId, title, target: this.#target(target) });
        } else left.push(name);
      }
    }
    // The rest of the course is there, and what is missing is attached when it has gone up itself.
    if (left.length > 0) throw new LecternError('source-missing', { details: { asset: left.join(', ') } });
  }

  #target(target: ChapterItem['target']): ChapterItem['target'] {
    return target.kind === 'asset'
      ? { kind: 'asset', assetId: this.#idOf(target.assetId) }
      : { kind: 'project', projectId: this.#idOf(target.projectId) };
  }

  async #apply(change: CourseChange): Promise<void> {
    await this.#again((call) => this.#options.remote.courses.apply(change, call));
  }
}

function targetId(target: ChapterItem['target']): string {
  return target.kind === 'asset' ? target.assetId : target.projectId;
}

/** Of older versions nobody kept the fingerprint. */
function versionOf(asset: Asset, version: AssetVersion): NewAssetVersion {
  const { blobKey, mimeType, sizeBytes, probe } = version;
  const fingerprint = version.id === asset.currentVersionId ? asset.fingerprint : null;
  return { blobKey, mimeType, sizeBytes, probe, posterKey: null, fingerprint };
}
