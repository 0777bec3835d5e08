/**
 * What every `LecternErrorCode` says: what happened (`title`) and what to do (`advice`). `{subject}` is the quoted name
 * of the file, clip or asset in the error's details, or the code's own `subject`. Advice that names a detail has a
 * shorter twin (`adviceShort`) for errors that came without it.
 */
export const errorMessages = {
  'error.aborted.subject': 'This step',
  'error.aborted.title': 'Cancelled',
  'error.aborted.advice': 'Nothing was changed. Start again when you like.',
  'error.aborted.adviceShort': 'Nothing was changed. Start again when you like.',

  'error.not-found.subject': 'This item',
  'error.not-found.title': '{subject} no longer exists',
  'error.not-found.advice': 'It may have been deleted in another window. Refresh the list, or look in the trash.',
  'error.not-found.adviceShort': 'It may have been deleted in another window. Refresh the list, or look in the trash.',

  'error.already-exists.subject': 'An item like this',
  'error.already-exists.title': '{subject} already exists',
  'error.already-exists.advice': 'Choose another name, or use the one that is there.',
  'error.already-exists.adviceShort': 'Choose another name, or use the one that is there.',

  'error.conflict.subject': 'This item',
  'error.conflict.title': '{subject} was changed somewhere else in the meantime',
  'error.conflict.advice': 'Refresh to see the newest version, then make your change again.',
  'error.conflict.adviceShort': 'Refresh to see the newest version, then make your change again.',

  'error.in-use.subject': 'This file',
  'error.in-use.title': '{subject} is in use and wasn’t deleted',
  'error.in-use.advice': 'It is used in {places}. Remove it there first, then delete it.',
  'error.in-use.adviceShort': 'Remove it from the projects and chapters that use it, then delete it.',

  'error.invalid-input.subject': 'This entry',
  'error.invalid-input.title': '{subject} can’t be used like this',
  'error.invalid-input.advice': 'Check “{path}”: expected {expected}.',
  'error.invalid-input.adviceShort': 'Check what you entered and try again.',

  'error.unauthenticated.subject': 'You',
  'error.unauthenticated.title': 'You are signed out',
  'error.unauthenticated.advice': 'Sign in again as the same user. Your work is kept in this browser until then.',
  'error.unauthenticated.adviceShort': 'Sign in again as the same user. Your work is kept in this browser until then.',

  'error.forbidden.subject': 'This item',
  'error.forbidden.title': 'You aren’t allowed to do this',
  'error.forbidden.advice': 'Ask the person who runs this course for access.',
  'error.forbidden.adviceShort': 'Ask the person who runs this course for access.',

  'error.offline.subject': 'The connection',
  'error.offline.title': 'You are offline',
  'error.offline.advice': 'Check your connection. It goes on by itself as soon as you are online again.',
  'error.offline.adviceShort': 'Check your connection. It goes on by itself as soon as you are online again.',

  'error.timeout.subject': 'The server',
  'error.timeout.title': 'The server took too long to answer',
  'error.timeout.advice': 'Try again. If it keeps happening, your connection may be slow.',
  'error.timeout.adviceShort': 'Try again. If it keeps happening, your connection may be slow.',

  'error.rate-limited.subject': 'The server',
  'error.rate-limited.title': 'Too many requests at once',
  'error.rate-limited.advice': 'Wait a moment, then try again.',
  'error.rate-limited.adviceShort': 'Wait a moment, then try again.',

  'error.server.subject': 'The server',
  'error.server.title': 'The server had a problem',
  'error.server.advice': 'It isn’t your fault. Try again in a minute.',
  'error.server.adviceShort': 'It isn’t your fault. Try again in a minute.',

  'error.quota-exceeded.subject': 'this',
  'error.quota-exceeded.title': 'There is no room left for {subject}',
  'error.quota-exceeded.advice':
    'Delete files that you no longer need and empty the trash, or free space on this device, then try again.',
  'error.quota-exceeded.adviceShort':
    'Delete files that you no longer need and empty the trash, or free space on this device, then try again.',

  'error.storage-denied.subject': 'This browser',
  'error.storage-denied.title': 'This browser doesn’t let the page store anything',
  'error.storage-denied.advice':
    'Leave private browsing or allow site data for this page, or open it in a tab of its own. Until then, download what you want to keep.',
  'error.storage-denied.adviceShort':
    'Leave private browsing or allow site data for this page, or open it in a tab of its own. Until then, download what you want to keep.',

  'error.corrupt.subject': 'This item',
  'error.corrupt.title': '{subject} is damaged and can’t be read',
  'error.corrupt.advice': 'Open an earlier version from the history, or use a backup copy.',
  'error.corrupt.adviceShort': 'Open an earlier version from the history, or use a backup copy.',

  'error.too-new.subject': 'This project',
  'error.too-new.title': '{subject} was made with a newer version of the studio',
  'error.too-new.advice': 'Reload the page to get the newest studio. Until then it can be watched but not changed.',
  'error.too-new.adviceShort':
    'Reload the page to get the newest studio. Until then it can be watched but not changed.',

  'error.file-empty.subject': 'This file',
  'error.file-empty.title': '{subject} is empty',
  'error.file-empty.advice': 'It has no content at all (0 bytes). Export or copy it again from where it came from.',
  'error.file-empty.adviceShort':
    'It has no content at all (0 bytes). Export or copy it again from where it came from.',

  'error.file-type-unknown.subject': 'This file',
  'error.file-type-unknown.title': '{subject} isn’t a video, sound or picture',
  'error.file-type-unknown.advice':
    'What is inside doesn’t match its name. Use MP4, WebM, MOV, MP3, WAV, M4A, PNG, JPEG or WebP.',
  'error.file-type-unknown.adviceShort':
    'What is inside doesn’t match its name. Use MP4, WebM, MOV, MP3, WAV, M4A, PNG, JPEG or WebP.',

  'error.file-type-unsupported.subject': 'This file',
  'error.file-type-unsupported.title': '{subject} is of a kind that can’t be used here',
  'error.file-type-unsupported.advice': 'Convert it to MP4, WebM, MP3, WAV, PNG or JPEG and import that.',
  'error.file-type-unsupported.adviceShort': 'Convert it to MP4, WebM, MP3, WAV, PNG or JPEG and import that.',

  'error.file-truncated.subject': 'This file',
  'error.file-truncated.title': '{subject} is incomplete',
  'error.file-truncated.advice':
    'Its end is missing, as after a broken download or copy. Get it again and import that.',
  'error.file-truncated.adviceShort':
    'Its end is missing, as after a broken download or copy. Get it again and import that.',

  'error.file-too-large.subject': 'This file',
  'error.file-too-large.title': '{subject} is too large',
  'error.file-too-large.advice': 'Files may have {limit} at most. Make it smaller, or cut it into parts.',
  'error.file-too-large.adviceShort': 'Make it smaller, or cut it into parts.',

  'error.image-too-large.subject': 'This picture',
  'error.image-too-large.title': '{subject} has too many pixels',
  'error.image-too-large.advice':
    'It has {width} × {height} pixels; up to {limit} in all can be opened safely. Scale it down and import that.',
  'error.image-too-large.adviceShort': 'Scale it down, to 8000 pixels on its long side for example, and import that.',

  'error.undecodable.subject': 'this file',
  'error.undecodable.title': 'This browser can’t play {subject}',
  'error.undecodable.advice':
    'It is encoded as {codec}, which this browser has no decoder for. The file is kept; convert it to H.264 or VP9 to cut it here, or try another browser.',
  'error.undecodable.adviceShort':
    'The file is kept; convert it to H.264 or VP9 to cut it here, or try another browser.',

  'error.converter-unavailable.subject': 'The converter',
  'error.converter-unavailable.title': 'The converter couldn’t be loaded',
  'error.converter-unavailable.advice':
    'Check your connection and try again. If it keeps happening, tell whoever runs this site; until then, convert the file with a program on your computer.',
  'error.converter-unavailable.adviceShort':
    'Check your connection and try again. If it keeps happening, tell whoever runs this site; until then, convert the file with a program on your computer.',

  'error.encoder-unavailable.subject': 'This browser',
  'error.encoder-unavailable.title': 'This browser can’t make videos in that format',
  'error.encoder-unavailable.advice':
    'Choose another format or a smaller size, or use a current Chrome, Edge or Safari.',
  'error.encoder-unavailable.adviceShort':
    'Choose another format or a smaller size, or use a current Chrome, Edge or Safari.',

  'error.source-missing.subject': 'a clip',
  'error.source-missing.title': 'The media of {subject} is missing',
  'error.source-missing.advice': 'Restore the file from the trash, or replace or delete the clip, then try again.',
  'error.source-missing.adviceShort': 'Restore the file from the trash, or replace or delete the clip, then try again.',

  'error.render-failed.subject': 'a clip',
  'error.render-failed.title': 'Rendering stopped at {subject}',
  'error.render-failed.advice':
    'Look at the timeline around frame {frame}. Try again; if it stops there again, replace the clip.',
  'error.render-failed.adviceShort': 'Try again. If it stops again, shorten or replace the clip it stopped at.',

  'error.unknown.subject': 'This step',
  'error.unknown.title': 'Something went wrong',
  'error.unknown.advice': 'Try again. If it keeps happening, reload the page: your work is kept.',
  'error.unknown.adviceShort': 'Try again. If it keeps happening, reload the page: your work is kept.',
} as const;
