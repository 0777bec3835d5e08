/** `asset-browser`: the studio's panel and the picker dialog. */
export const browserMessages = {
  'browser.title': 'Media',
  'browser.tabAssets': 'Media',
  'browser.tabRecordings': 'Recordings',
  'browser.pickTitle': 'Choose media',
  'browser.pick': { one: 'Choose {count} file', other: 'Choose {count} files' },
  'browser.pickNone': 'Choose files',
  'browser.add': 'Add “{name}” to the timeline',
  'browser.addSelected': { one: 'Add to timeline', other: 'Add {count} to timeline' },
  'browser.added': '“{name}” was added to the timeline',
  'browser.dragHint': 'Drag to the timeline, or press Enter to add at the end',
  'browser.search': 'Search media',
  'browser.emptyTitle': 'No media yet',
  'browser.emptyText': 'Add files, or drop them here.',
  'browser.noRecordings': 'No recordings yet',
  'browser.noRecordingsText': 'What you record appears here.',
  'browser.import': 'Import',
  'browser.addedCount': {
    one: '{count} file was added to the timeline',
    other: '{count} files were added to the timeline',
  },
} as const;
