import type { SerialisedError, UploadItem } from '@lectern/ports';
import type { ErrorText, MessageKey, Messages } from '../messages/messages.js';
import { uploadError, uploadFraction, uploadStanding, type UploadsSummary } from './upload-facts.js';

/** What is said of an upload. */
export interface UploadStatement {
  /** Its state: "Waiting for the network, trying again in 8 sec". */
  readonly state: string;
  /** What went wrong and what to do about it, where something did. */
  readonly error: ErrorText | null;
}

const plain: Readonly<Partial<Record<UploadItem['status'], MessageKey>>> = {
  queued: 'uploads.queued',
  checking: 'uploads.checking',
  snapshotting: 'uploads.preparing',
  reserving: 'uploads.preparing',
  completing: 'uploads.completing',
  verifying: 'uploads.verifying',
  done: 'uploads.done',
  failed: 'uploads.failed',
  'needs-file': 'uploads.needsFile',
  cancelled: 'uploads.cancelled',
};

/** Reasons of a pause that have a short word. */
const pauses: Readonly<Partial<Record<SerialisedError['code'], MessageKey>>> = {
  unauthenticated: 'uploads.pausedSignIn',
  forbidden: 'uploads.pausedForbidden',
  'quota-exceeded': 'uploads.pausedFull',
  offline: 'uploads.pausedOffline',
};

/** The state of an upload in words. `now` is needed for what waits. */
export function uploadStatement(item: UploadItem, messages: Messages, now: Date): UploadStatement {
  const told = item.status === 'failed' || item.storedUndecodable || uploadStanding(item) === 'attention';
  const error = told && item.error !== null ? messages.error(uploadError(item.error, item)) : null;
  return { state: stateOf(item, messages, now), error };
}

function stateOf(item: UploadItem, messages: Messages, now: Date): string {
  const { format } = messages;
  const { error, status } = item;
  if (status === 'done' && item.storedUndecodable) return messages.t('uploads.storedUndecodable');
  if (status === 'paused') {
    const reason = error === null ? 'uploads.paused' : (pauses[error.code] ?? 'uploads.pausedReason');
    return messages.text({ key: reason, params: error === null ? {} : { reason: messages.error(error).title } });
  }
  if (status === 'duplicate')
    return messages.t(item.duplicates.some((other) => other.certain) ? 'uploads.duplicate' : 'uploads.likelyDuplicate');
  const key = plain[status];
  const waiting = uploadStanding(item) === 'busy';
  if (waiting && item.elsewhere) return messages.t('uploads.elsewhere');
  if (waiting && item.retryAt !== null) {
    const seconds = Math.ceil((new Date(item.retryAt).getTime() - now.getTime()) / 1000);
    const offline = error?.code === 'offline';
    if (!(seconds > 0)) return messages.t(offline ? 'uploads.waitingForNetwork' : 'uploads.tryingAgain');
    const time = format.durationInWords(seconds);
    return messages.t(offline ? 'uploads.waitingForNetworkUntil' : 'uploads.tryingAgainIn', { time });
  }
  if (key !== undefined) return messages.text({ key });
  const parts = [
    messages.t('uploads.sentOf', {
      sent: format.bytes(item.sizeBytes * uploadFraction(item)),
      total: format.bytes(item.sizeBytes),
    }),
    item.bytesPerSecond === null ? null : format.bytesPerSecond(item.bytesPerSecond),
    item.secondsLeft === null
      ? null
      : messages.t('uploads.timeLeft', { time: format.approximateDuration(item.secondsLeft) }),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** All uploads in one line: "3 files · 41% · 2 min left · 1 needs you". */
export function uploadsSentence(summary: UploadsSummary, messages: Messages): string {
  const { format } = messages;
  const { attention, busy, cancelled, done, failed, fraction, paused, secondsLeft } = summary;
  const parts: string[] = [];
  if (busy > 0) {
    parts.push(messages.t('library.count', { count: busy }), format.percent(fraction));
    if (secondsLeft !== null)
      parts.push(messages.t('uploads.timeLeft', { time: format.approximateDuration(secondsLeft) }));
  }
  if (attention > 0) parts.push(messages.t('uploads.needYou', { count: attention }));
  if (failed > 0) parts.push(messages.t('uploads.failedCount', { count: failed }));
  if (paused > 0) parts.push(messages.t('uploads.pausedCount', { count: paused }));
  if (parts.length === 0)
    parts.push(
      done > 0
        ? messages.t('uploads.finished', { count: done })
        : messages.t('uploads.cancelledCount', { count: cancelled }),
    );
  return parts.join(' · ');
}
