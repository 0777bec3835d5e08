import type { AssetKind, SerialisedError, UploadItem, UploadStatus } from '@lectern/ports';

/** What a person can do with an upload as it is. `decide` stands for the choices about a duplicate. */
export type UploadStep = 'pause' | 'resume' | 'retry' | 'choose-file' | 'decide' | 'cancel' | 'clear';

/** Where an upload stands, as people sort it: on its way, waiting for them, resting, or over. */
export type UploadStanding = 'busy' | 'attention' | 'paused' | 'failed' | 'done' | 'cancelled';

const standings: Readonly<Record<UploadStatus, UploadStanding>> = {
  queued: 'busy',
  checking: 'busy',
  duplicate: 'attention',
  snapshotting: 'busy',
  reserving: 'busy',
  sending: 'busy',
  completing: 'busy',
  verifying: 'busy',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  'needs-file': 'attention',
  cancelled: 'cancelled',
};

/** A pause that nobody asked for needs somebody; one that a person made doesn't. */
export function uploadStanding(item: UploadItem): UploadStanding {
  return item.status === 'paused' && item.error !== null ? 'attention' : standings[item.status];
}

/** True when nothing more happens with it by itself or by a decision. */
export function isUploadOver(item: UploadItem): boolean {
  return item.status === 'done' || item.status === 'failed' || item.status === 'cancelled';
}

/** 0…1 of its bytes. */
export function uploadFraction(item: UploadItem): number {
  if (item.status === 'done' || item.status === 'completing' || item.status === 'verifying') return 1;
  return item.sizeBytes > 0 ? Math.min(1, item.sentBytes / item.sizeBytes) : 0;
}

/** The main step first, what ends it last. What another tab sends can only be ended from here. */
export function uploadSteps(item: UploadItem): readonly UploadStep[] {
  switch (item.status) {
    case 'done':
      return ['clear'];
    case 'failed':
    case 'cancelled':
      return ['retry', 'clear'];
    case 'duplicate':
      return ['decide', 'cancel'];
    case 'needs-file':
      return ['choose-file', 'cancel'];
    case 'paused':
      return ['resume', 'cancel'];
    case 'completing':
    case 'verifying':
      // All bytes are there: there is nothing left to hold back.
      return ['cancel'];
    default:
      return item.elsewhere ? ['cancel'] : ['pause', 'cancel'];
  }
}

/** Uploads in figures. */
export interface UploadsSummary {
  readonly busy: number;
  /** Duplicates, files to choose again, and pauses with a reason. */
  readonly attention: number;
  readonly paused: number;
  readonly failed: number;
  readonly done: number;
  readonly cancelled: number;
  readonly duplicates: number;
  /** 0…1 of the bytes of what is busy or done. */
  readonly fraction: number;
  /** Until all that is busy is there, at the speed of now; null while that can't be told. */
  readonly secondsLeft: number | null;
}

export function summariseUploads(items: readonly UploadItem[]): UploadsSummary {
  const counts: Record<UploadStanding, number> = { busy: 0, attention: 0, paused: 0, failed: 0, done: 0, cancelled: 0 };
  let bytes = 0;
  let sent = 0;
  let left = 0;
  let speed = 0;
  for (const item of items) {
    const standing = uploadStanding(item);
    counts[standing] += 1;
    if (standing !== 'busy' && standing !== 'done') continue;
    const there = item.sizeBytes * uploadFraction(item);
    bytes += item.sizeBytes;
    sent += there;
    if (standing !== 'busy') continue;
    left += item.sizeBytes - there;
    speed += item.bytesPerSecond ?? 0;
  }
  return {
    ...counts,
    duplicates: items.filter((item) => item.status === 'duplicate').length,
    fraction: bytes > 0 ? sent / bytes : 0,
    secondsLeft: speed > 0 && left > 0 ? left / speed : null,
  };
}

const order: readonly UploadStanding[] = ['attention', 'failed', 'busy', 'paused', 'cancelled', 'done'];

/** What needs somebody first, what is over last; otherwise as they were. */
export function sortUploads(items: readonly UploadItem[]): readonly UploadItem[] {
  // What is being sent stands before what still waits for its turn.
  const rank = (item: UploadItem): number => order.indexOf(uploadStanding(item)) + (item.status === 'queued' ? 0.5 : 0);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

/** Its error as messages say it best: with the file's name, and what waits for somebody in the words of uploads. */
export function uploadError(error: SerialisedError, item: UploadItem): SerialisedError {
  const about = uploadStanding(item) === 'attention' ? { about: 'upload' } : {};
  return { ...error, details: { fileName: item.fileName, ...error.details, ...about } };
}

const kinds: Readonly<Record<AssetKind, RegExp>> = {
  video: /\.(mp4|m4v|mov|webm|mkv|avi|wmv|mpe?g|ts|m2ts|flv|ogv|3gp)$/i,
  audio: /\.(mp3|m4a|aac|wav|weba|ogg|oga|opus|flac|aiff?|wma)$/i,
  image: /\.(png|jpe?g|gif|webp|avif|heic|bmp|tiff?|svg)$/i,
};

/** What a file's name promises, for its icon; what it really is, its bytes say later. Null when the name says nothing. */
export function kindOfFileName(fileName: string): AssetKind | null {
  return (Object.keys(kinds) as AssetKind[]).find((kind) => kinds[kind].test(fileName)) ?? null;
}
