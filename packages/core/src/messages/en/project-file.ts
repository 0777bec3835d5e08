/**
 * Project files: `project-library` and the notices of the core. `projectFile.error.…` are the words of an error about
 * one, where those for media would mislead.
 */
export const projectFileMessages = {
  'projectFile.open': 'Open project file…',
  'projectFile.download': 'Download project file',
  'projectFile.downloadWithMedia': 'Download with media',
  'projectFile.drop': 'Drop project files to open them',
  'projectFile.dropHint': 'Files that end in .lectern or .lectern.json',
  'projectFile.reading': 'Reading “{name}”…',
  'projectFile.packing': 'Packing “{name}”: {done} of {total}',
  'projectFile.checking': 'Checking “{name}”: {done} of {total}',
  'projectFile.importing': 'Adding the media of “{name}”: {done} of {total}',
  'projectFile.progress': 'How far the project file is',
  'projectFile.cancel': 'Cancel “{name}”',
  'projectFile.cancelled': 'Cancelled: “{name}”',
  'projectFile.saved': 'Downloaded: {name}',
  'projectFile.opened': '“{title}” was opened as a new draft',
  'projectFile.repaired': 'Some clips of “{title}” didn’t fit together and were set right',
  'projectFile.missing': {
    one: '“{title}” was opened. {count} file isn’t in this library: {names}. Its clips show as missing.',
    other: '“{title}” was opened. {count} files aren’t in this library: {names}. Their clips show as missing.',
  },
  'projectFile.leftOut': {
    one: 'The project file lacks {count} file that no longer exists: {names}',
    other: 'The project file lacks {count} files that no longer exist: {names}',
  },
  'projectFile.mediaKept': {
    one: 'The project wasn’t opened, but {count} file of it is in your library now: {names}',
    other: 'The project wasn’t opened, but {count} files of it are in your library now: {names}',
  },
  'projectFile.openFailed': '“{name}” couldn’t be opened',
  'projectFile.downloadFailed': 'The file of “{name}” couldn’t be made',

  'projectFile.error.file-type-unknown.title': '{subject} isn’t a project file',
  'projectFile.error.file-type-unknown.advice':
    'Choose a file that was downloaded as a project and ends in .lectern or .lectern.json. Videos, sounds and pictures belong into the media library.',
  'projectFile.error.file-type-unknown.adviceShort':
    'Choose a file that was downloaded as a project and ends in .lectern or .lectern.json. Videos, sounds and pictures belong into the media library.',

  'projectFile.error.file-truncated.title': '{subject} is incomplete',
  'projectFile.error.file-truncated.advice':
    'Its end is missing, as after a download or copy that broke off. Get the project file again and open that.',
  'projectFile.error.file-truncated.adviceShort':
    'Its end is missing, as after a download or copy that broke off. Get the project file again and open that.',

  'projectFile.error.corrupt.title': '{subject} is damaged',
  'projectFile.error.corrupt.advice':
    '“{entry}” in it isn’t what was put in. Nothing was opened. Get the project file again, or download it again where the project is.',
  'projectFile.error.corrupt.adviceShort':
    'What is in it can’t be read. Nothing was opened. Get the project file again, or download it again where the project is.',

  'projectFile.error.file-type-unsupported.title': '{subject} is packed in a way that isn’t safe to open',
  'projectFile.error.file-type-unsupported.advice':
    'The reason is “{entry}” in it. No project file from here looks like that: ask the person who gave it to you for another.',
  'projectFile.error.file-type-unsupported.adviceShort':
    'No project file from here looks like that: ask the person who gave it to you for another.',

  'projectFile.error.file-too-large.title': 'The project in {subject} is too large',
  'projectFile.error.file-too-large.advice':
    'Its text may have {limit} at most, media aside. Split the project into parts where it was made, and download each.',
  'projectFile.error.file-too-large.adviceShort': 'Split the project into parts where it was made, and download each.',

  'projectFile.error.invalid-input.title': 'The project in {subject} can’t be read',
  'projectFile.error.invalid-input.advice':
    'At “{path}” it should have {expected}. If the file was changed by hand, take that back; otherwise download it again where the project is.',
  'projectFile.error.invalid-input.adviceShort':
    'If the file was changed by hand, take that back; otherwise download it again where the project is.',

  'projectFile.error.too-new.title': '{subject} was made with a newer version of the studio',
  'projectFile.error.too-new.advice':
    'Reload the page to get the newest studio, then open the file again. Nothing was changed.',
  'projectFile.error.too-new.adviceShort':
    'Reload the page to get the newest studio, then open the file again. Nothing was changed.',
} as const;
