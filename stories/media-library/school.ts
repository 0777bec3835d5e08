import {
  createProbeFacts,
  createProjectDocument,
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '@lectern/testing';
import type { TestProject } from '@lectern/testing';

/** What a course's media looks like after some weeks. */
const media: NonNullable<TestSessionOptions['assets']> = [
  { id: 'welcome', name: 'Welcome to the course.mp4', sizeBytes: 48_300_000, tags: ['week 1'] },
  {
    id: 'limits',
    name: 'What is a limit?.mp4',
    sizeBytes: 212_000_000,
    tags: ['week 1', 'limits'],
    probe: createProbeFacts({ durationSeconds: 734, width: 1920, height: 1080 }),
  },
  { id: 'board', name: 'Blackboard, 3 March.jpg', kind: 'image', sizeBytes: 3_100_000, tags: ['week 1'] },
  {
    id: 'voice',
    name: 'Voice-over, second take.wav',
    kind: 'audio',
    sizeBytes: 31_400_000,
    probe: createProbeFacts({ kind: 'audio', durationSeconds: 181, audioCodec: 'pcm-s16' }),
  },
  {
    id: 'take-1',
    name: 'Screen and camera, Tuesday.webm',
    sourceType: 'recording',
    sizeBytes: 96_500_000,
    probe: createProbeFacts({ durationSeconds: 1262, videoCodec: 'vp9', audioCodec: 'opus' }),
  },
  {
    id: 'old',
    name: 'Lecture of 2009.mov',
    sizeBytes: 640_000_000,
    probe: createProbeFacts({ durationSeconds: 2710, videoCodec: 'prores', decodable: false }),
  },
  {
    id: 'slides',
    name: 'Slides 1 to 12 as one long picture with a name that does not fit.png',
    kind: 'image',
    sizeBytes: 1_900_000,
  },
  {
    id: 'export-1',
    name: 'Limits and continuity.mp4',
    sourceType: 'export',
    sizeBytes: 74_000_000,
    studioMetadata: { project_id: 'lecture', preset: 'lms-1080p' },
  },
];

const lectures: readonly TestProject[] = [
  {
    id: 'lecture',
    title: 'Limits and continuity',
    description: 'First lecture of the term',
    document: createProjectDocument(),
  },
  {
    id: 'derivatives',
    title: 'Derivatives, step by step',
    document: createProjectDocument({ clips: 42 }),
    published: true,
  },
  {
    id: 'integrals',
    title: 'Integrals',
    description: 'With the new examples from class',
    document: createProjectDocument({ clips: 95 }),
  },
  {
    id: 'series',
    title: 'Series and sequences, and why they are not the same thing at all',
    document: createProjectDocument({ clips: 7 }),
  },
];

const calculus: NonNullable<TestSessionOptions['courses']> = [
  { type: 'course.create', id: 'calculus', title: 'Calculus I' },
  { type: 'course.create', id: 'algebra', title: 'Linear algebra' },
  { type: 'chapter.create', id: 'week-1', courseId: 'calculus', title: 'Limits' },
  { type: 'chapter.create', id: 'week-2', courseId: 'calculus', title: 'Derivatives' },
  { type: 'chapter.create', id: 'week-3', courseId: 'calculus', title: 'Integrals' },
  {
    type: 'item.attach',
    id: 'item-1',
    chapterId: 'week-1',
    title: 'Welcome',
    target: { kind: 'asset', assetId: 'welcome' },
  },
  {
    type: 'item.attach',
    id: 'item-2',
    chapterId: 'week-1',
    title: 'What is a limit?',
    target: { kind: 'asset', assetId: 'limits' },
  },
  {
    type: 'item.attach',
    id: 'item-3',
    chapterId: 'week-1',
    title: 'Limits and continuity',
    target: { kind: 'project', projectId: 'lecture' },
  },
  {
    type: 'item.attach',
    id: 'item-4',
    chapterId: 'week-2',
    title: 'Listen before you read',
    target: { kind: 'asset', assetId: 'voice' },
  },
];

/** A session of a school that is in the middle of its term. */
export function schoolSession(options: TestSessionOptions = {}): TestSession {
  return createTestSession({ assets: media, projects: lectures, courses: calculus, ...options });
}

/** A session in which nothing has happened yet. */
export function newSession(options: TestSessionOptions = {}): TestSession {
  return createTestSession(options);
}
