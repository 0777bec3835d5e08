/** What the core itself tells: notices after actions. */
export const noticeMessages = {
  'notice.assetDeleted': '“{name}” was deleted',
  'notice.assetsDeleted': { one: '{count} file was deleted', other: '{count} files were deleted' },
  'notice.assetsRestored': { one: '{count} file was restored', other: '{count} files were restored' },
  'notice.projectDeleted': '“{title}” was deleted',
  'notice.projectRestored': '“{title}” was restored',
  'notice.exportDone': '“{name}” was exported to your library',
  'notice.exportFailed': 'The export of “{name}” stopped',
  'notice.importFailed': '“{name}” couldn’t be added',
  'notice.importUndecodable': '“{name}” was added, but this browser can’t play it',
  'notice.assetNotUsable': '“{name}” can’t be put on the timeline',
  'notice.assetsMissing': { one: '{count} file no longer exists', other: '{count} files no longer exist' },
  'notice.chapterAdded': '“{title}” was added to the chapter',
  'notice.actionFailed': 'That didn’t work',
} as const;
