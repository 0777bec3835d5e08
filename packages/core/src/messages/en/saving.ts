/** What `autosave-manager` shows around the sentence that says where the work is. */
export const savingMessages = {
  'saving.open': '{sentence}. Details',
  'saving.lastSaved': 'Last saved',
  'saving.never': 'Not yet',
  'saving.onlyHere': 'Only on this device',
  'saving.changes': { zero: 'Nothing', one: '{count} change', other: '{count} changes' },
  'saving.backup': 'Backup',
  'saving.backupBrowser': 'In this browser',
  'saving.backupNone': 'None',
  'saving.nextTry': 'Next try',
  'saving.nextTryIn': 'In {time}',
  'saving.volatileTitle': 'Nothing outlives this page',
  'saving.volatileText':
    'This browser gives the page no storage (a private window, or a blocked frame of another site). Export what you want to keep, or open the studio in a tab of its own.',
  'saving.memoryTitle': 'No backup in this browser',
  'saving.someone': 'Someone',
  'saving.otherTabTitle': 'Being edited in another tab',
  'saving.otherTabText': 'What is done there shows here. Only one tab at a time can change a project.',
} as const;
