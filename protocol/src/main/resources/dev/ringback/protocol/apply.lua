-- Makes or moves one job in one atomic step: everything is checked first, then written, and published last.
--
--   EVALSHA <sha> 3 job:<id> {job:<id>}:log {job:<id>}:result apply  [name value]...
--   EVALSHA <sha> 3 job:<id> {job:<id>}:log {job:<id>}:result create [name value]...
--
-- answers {outcome, the job's document, its owner, when it was made in ms since the epoch, its name in the webhooks' outbox, how
-- the work on it stands}. What there is nothing of is "". The work is told of a job that has maxAttempts:
--   status|attempt|maxAttempts|due|dead|lease|type     due: in ms since the epoch, or 0    dead: 0 or 1    lease: or nothing
-- The outcomes:
--   apply:  applied duplicate refused leased stale unknown expired        create: created repeated conflict unknown expired
-- Whatever is wrong with the arguments or the record is an error that begins with RINGBACK; nothing is written then.
--
-- Names of apply (all optional, but one of status and progress is needed):
--   status      queued, processing, completed, failed, cancelled, or another usual spelling; with progress: processing
--   progress    a JSON object or number            result     any JSON        error      a JSON object or string
--   resultUrl   where the result is, if elsewhere  type       of the job      owner      changes only this owner's jobs
--   eventId     a repeat of it changes nothing     create     0: an unknown job stays unknown
--   plain       the gateway that heard a plain PUBLISH: takes a short lease against other gateways that heard it too
--   lease       by which a worker has the job, 1 to 128 of A-Z a-z 0-9 . _ -: another than the job's is stale, and an unknown job
--               stays unknown. Only with it a job is queued again, one attempt later, and there is:
--   begins      1, with status processing: the lease begins, where the job has maxAttempts and is queued; else refused
--   delayMillis with status queued, which gives the job back: how long nobody is to get it; this attempt does not count
--   retryBaseMillis retryMaxMillis jitterPerMillion    with status failed: while attempts are left, the job is queued again and
--               due in jitterPerMillion / 1000000 of the base, doubled for each attempt after the first, or of the maximum.
--               Without them, and after the last attempt, the job is dead
--   deadTtlMillis  a dead job is kept for so long at least
-- Names of create:
--   type input priority webhook correlationId owner   ttlMillis     how long the job is kept after its end
--   originalJobId  the failed job that this one tries again
--   fingerprint  the same again is a repeat, another a conflict; by default made from the other arguments
--   maxAttempts  how often workers may have the job by a lease, beside the times they gave it back; 0: it has no leases
--   runAtMillis  since the epoch, before which the job is not due
--   plannedAttempts after afterFailure    kept as they are: what the submission says of attempts, the jobs that have to complete
--               before (a JSON array), and what becomes of this one where they do not (fail or cancel)
-- Names of both, with their defaults below:
--   inlineBytes      a longer result is kept under the third key
--   resultTtlMillis  how long a job is kept after its end    tombstoneMillis  how long it is known as expired then
--   maxAgeMillis     when a gateway fails a job without an end, counted from its making: the record is kept for a while
--                    longer, so that it is still there then     logEvents        events kept under the second key
--   checked          1: the JSON was parsed strictly before
--   webhooks         0: no webhook is told of anything    outboxEvents    so many wait to be told of at most
--   progressIntervalMillis  at most one progress event of a job is told of in this time
--   publish          0: the caller publishes '{"rb":1,' and the rest of the document itself, once replicas have the change;
--                    an answer that changes nothing then sets the time to live once more, for WAIT to have a write to wait for
--
-- Webhooks are told of what the same step adds to the stream {ringback:webhooks}:outbox: an end, progress, and the adoption of
-- a job that has ended; where the job was made with a webhook, or {ringback:webhooks}:wants says that somebody wants to hear of
-- the ends (e) or also of the progress (p) of others' jobs. What finds the stream full, or no way to it, is counted in
-- {ringback:webhooks}:dropped and moves the job all the same. These three keys are not declared: they are in another slot, and
-- who runs the script need not know of them.
--
-- Callers' JSON is spliced byte by byte, never encoded again: cjson would turn [] into {} and round long integers.
-- For Redis 6.2 and later, Valkey, and clusters: all three keys fall into one slot.

local DEFAULTS = {
  inlineBytes = 32768,
  resultTtlMillis = 3600000,
  tombstoneMillis = 86400000,
  maxAgeMillis = 86400000,
  logEvents = 16,
  outboxEvents = 100000,
  progressIntervalMillis = 10000,
  deadTtlMillis = 604800000,
}
local PLAIN_LEASE_MILLIS = 5000
-- For whoever ends jobs that are too old: so late may it be, with nobody losing sight of the job.
local MAX_AGE_GRACE_MILLIS = 600000
local MAX_MILLIS = 3200000000000
local MAX_TIME = 253402300799999
local MAX_RETRY_MILLIS = 86400000
local MAX_DOUBLINGS = 30
local MAX_ATTEMPTS = 1000
local MAX_VERSION = 9007199254740990
-- More than a job can have moved in what a restart or a failover undoes.
local UNDONE_VERSIONS = 1000

local OUTBOX = '{ringback:webhooks}:outbox'
local WANTS = '{ringback:webhooks}:wants'
local DROPPED = '{ringback:webhooks}:dropped'

local COMMON = ' inlineBytes resultTtlMillis tombstoneMillis maxAgeMillis logEvents checked publish owner type '
COMMON = COMMON .. 'webhooks outboxEvents progressIntervalMillis '
local NAMES = {
  apply = COMMON .. 'status progress result resultUrl error eventId create plain lease begins delayMillis retryBaseMillis retryMaxMillis jitterPerMillion deadTtlMillis ',
  create = COMMON .. 'input priority webhook correlationId ttlMillis fingerprint originalJobId maxAttempts runAtMillis plannedAttempts after afterFailure ',
}
-- The arguments that need a lease, and the status that they need beside it.
local OF_LEASES = {
  begins = 'processing', delayMillis = 'queued', retryBaseMillis = 'failed', retryMaxMillis = 'failed',
  jitterPerMillion = 'failed', deadTtlMillis = 'any',
}

local SPELLINGS = {
  queued = 'queued', pending = 'queued',
  processing = 'processing', running = 'processing', started = 'processing', active = 'processing',
  completed = 'completed', complete = 'completed', done = 'completed', success = 'completed',
  succeeded = 'completed', finished = 'completed',
  failed = 'failed', error = 'failed', failure = 'failed',
  cancelled = 'cancelled', canceled = 'cancelled', revoked = 'cancelled',
}
local TERMINAL = {completed = true, failed = true, cancelled = true}

-- The fields of a record beside doc. What is not there reads as ''.
local FIELDS = {
  'version', 'incarnation', 'status', 'type', 'owner', 'created', 'updated', 'started', 'completed', 'expires',
  'progress', 'ending', 'attempt', 'correlationId', 'originalJobId', 'ttl', 'eventId', 'fingerprint',
  'plainOwner', 'plainUntil', 'epoch', 'hooks', 'told', 'maxAttempts', 'released', 'leaseId', 'due', 'dead',
}

local TIMES = {'created', 'updated', 'started', 'completed', 'expires', 'ttl', 'plainUntil', 'told', 'due'}

local record_key, log_key, result_key = KEYS[1], KEYS[2], KEYS[3]
local job_id = ''
local now = 0

local function refuse(text)
  error('RINGBACK ' .. text, 0)
end

-- An argument or stored value as it may stand in an error: short, and printable.
local function shown(value)
  return "'" .. string.gsub(string.sub(value, 1, 40), '[^%w%p ]', '?') .. "'"
end

-- JSON ---------------------------------------------------------------------------------------------------------------

local function is_utf8(text)
  if not string.find(text, '[\128-\255]') then
    return true
  end
  text = string.gsub(text, '[\194-\223][\128-\191]', ' ')
  text = string.gsub(text, '\224[\160-\191][\128-\191]', ' ')
  text = string.gsub(text, '[\225-\236\238\239][\128-\191][\128-\191]', ' ')
  text = string.gsub(text, '\237[\128-\159][\128-\191]', ' ')
  text = string.gsub(text, '\240[\144-\191][\128-\191][\128-\191]', ' ')
  text = string.gsub(text, '[\241-\243][\128-\191][\128-\191][\128-\191]', ' ')
  text = string.gsub(text, '\244[\128-\143][\128-\191][\128-\191]', ' ')
  return not string.find(text, '[\128-\255]')
end

-- A JSON number has no leading zero, and digits on both sides of its point.
local function is_number(token)
  local whole, rest = string.match(token, '^%-?(%d+)(.*)$')
  if not whole or string.find(whole, '^0%d') then
    return false
  end
  rest = string.gsub(rest, '^%.%d+', '')
  return rest == '' or string.find(rest, '^[eE][+-]?%d+$') ~= nil
end

-- cjson is lenient: it lets raw control characters pass inside strings, and numbers like 01, 1. and NaN.
local function is_json(text)
  if string.find(text, '[%z\1-\8\11\12\14-\31]') or not is_utf8(text) or not pcall(cjson.decode, text) then
    return false
  end
  local unescaped = string.gsub(text, '\\.', '')
  for inside in string.gmatch(unescaped, '"([^"]*)"') do
    if string.find(inside, '[\t\n\r]') then
      return false
    end
  end
  for token in string.gmatch(string.gsub(unescaped, '"[^"]*"', ' '), '[^%s%[%]{}:,]+') do
    if token ~= 'true' and token ~= 'false' and token ~= 'null' and not is_number(token) then
      return false
    end
  end
  return true
end

-- A text without control characters as a JSON string.
local function quoted(text)
  return '"' .. string.gsub(text, '["\\]', '\\%0') .. '"'
end

-- RFC 3339 in UTC with milliseconds. The date is Howard Hinnant's civil_from_days, remembered because most times of one
-- document fall on one day.
local date_day, date_text = -1, ''
local function date_of(day)
  if day == date_day then
    return date_text
  end
  local floor = math.floor
  local shifted = day + 719468
  local era = floor(shifted / 146097)
  local doe = shifted - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local march_month = floor((5 * doy + 2) / 153)
  local month = march_month < 10 and march_month + 3 or march_month - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  date_day = day
  date_text = string.format('"%04d-%02d-%02dT', year, month, doy - floor((153 * march_month + 2) / 5) + 1)
  return date_text
end

local function time_text(millis)
  local floor = math.floor
  local rest = millis % 86400000
  return date_of(floor(millis / 86400000)) .. string.format('%02d:%02d:%02d.%03dZ"',
    floor(rest / 3600000), floor(rest / 60000) % 60, floor(rest / 1000) % 60, rest % 1000)
end

-- Arguments ----------------------------------------------------------------------------------------------------------

-- No id begins with job:, which is dropped wherever one is read.
local function is_id(text)
  return #text <= 128 and string.find(text, '^[%w._~:-]+$') ~= nil and string.sub(text, 1, 4) ~= 'job:'
end

local function read_keys()
  if #KEYS ~= 3 then
    refuse('takes 3 keys: job:<id> {job:<id>}:log {job:<id>}:result')
  end
  job_id = string.match(record_key, '^job:(.*)$') or ''
  if not is_id(job_id) then
    refuse('the first key must be job:<id>, the id 1 to 128 of A-Z a-z 0-9 . _ ~ : - that do not begin with job:')
  end
  if log_key ~= '{' .. record_key .. '}:log' or result_key ~= '{' .. record_key .. '}:result' then
    refuse('the second and third key must be {' .. record_key .. '}:log and {' .. record_key .. '}:result')
  end
end

local function read_pairs()
  local operation = ARGV[1] or ''
  local names = NAMES[operation]
  if not names then
    refuse('the operation must be apply or create, not ' .. shown(operation))
  end
  if #ARGV % 2 == 0 then
    refuse('after the operation come names and values in pairs: one has no value')
  end
  local given = {}
  for i = 2, #ARGV, 2 do
    local name = ARGV[i]
    if not string.find(name, '^%a+$') or not string.find(names, ' ' .. name .. ' ', 1, true) then
      refuse(operation .. ' has no argument ' .. shown(name) .. '; it has' .. names)
    end
    if given[name] then
      refuse(name .. ' is given twice')
    end
    given[name] = ARGV[i + 1]
  end
  return operation, given
end

local function read_integer(given, name, min, max)
  local text = given[name]
  if text == nil then
    return DEFAULTS[name]
  end
  local number = string.find(text, '^%-?%d+$') and #text <= 15 and tonumber(text)
  if not number or number < min or number > max then
    refuse(string.format('%s must be a whole number, %.0f to %.0f, not %s', name, min, max, shown(text)))
  end
  return number
end

-- One line of text: no control characters, valid UTF-8, so many characters at most.
local function read_text(given, name, max)
  local text = given[name]
  if text == nil then
    return ''
  end
  local _, continuations = string.gsub(text, '[\128-\191]', '')
  local control = string.find(text, '[%z\1-\31\127]') or string.find(text, '\194[\128-\159]')
  if text == '' or #text - continuations > max or control or not is_utf8(text) then
    refuse(name .. ' must have 1 to ' .. max .. ' characters of UTF-8, none of them a control character')
  end
  return text
end

-- The bytes of a JSON argument; nil where it is absent or JSON's null.
local function read_json(given, name)
  local text = given[name]
  if text == nil then
    return nil
  end
  if given.checked ~= '1' and not is_json(text) then
    refuse(name .. ' is not valid JSON: ' .. shown(text))
  end
  if string.find(text, '^%s*null%s*$') then
    return nil
  end
  return text
end

-- A JSON object, or a simple value that becomes its only member.
local function read_object(given, name, simple, member)
  local text = read_json(given, name)
  if text == nil or string.find(text, '^%s*{') then
    return text
  end
  if simple and string.find(text, simple) then
    return '{"' .. member .. '":' .. text .. '}'
  end
  refuse(name .. ' must be a JSON object, not ' .. shown(text))
end

local function read_url(given)
  local url = read_text(given, 'resultUrl', 2048)
  local absolute = string.find(url, '^https?://') or string.find(url, '^/[^/]') or url == '/'
  if url ~= '' and (not absolute or string.find(url, '[^!-~]') or string.find(url, '[\\"<>]')) then
    refuse('resultUrl must be an http or https URL in ASCII, or a path')
  end
  return url
end

local function read_flag(given, name)
  local flag = given[name]
  if flag ~= nil and flag ~= '0' and flag ~= '1' then
    refuse(name .. ' must be 0 or 1, not ' .. shown(flag))
  end
  return flag
end

local function read_limits(given)
  local limits = {
    inlineBytes = read_integer(given, 'inlineBytes', 0, 2147483647),
    resultTtlMillis = read_integer(given, 'resultTtlMillis', 1, MAX_MILLIS),
    tombstoneMillis = read_integer(given, 'tombstoneMillis', 0, MAX_MILLIS),
    maxAgeMillis = read_integer(given, 'maxAgeMillis', 1, MAX_MILLIS),
    logEvents = read_integer(given, 'logEvents', 0, 1000000),
    outboxEvents = read_integer(given, 'outboxEvents', 0, 1000000000),
    progressIntervalMillis = read_integer(given, 'progressIntervalMillis', 0, MAX_MILLIS),
  }
  read_flag(given, 'checked')
  limits.publish = read_flag(given, 'publish') ~= '0'
  limits.webhooks = read_flag(given, 'webhooks') ~= '0'
  return limits
end

local function read_owner(given)
  return given.owner == '' and '' or read_text(given, 'owner', 1024)
end

local function is_lease(text)
  return #text <= 128 and string.find(text, '^[%w._-]+$') ~= nil
end

-- How a failure is tried again; nil where it is final.
local function read_retry(given)
  local retry = {
    base = read_integer(given, 'retryBaseMillis', 0, MAX_RETRY_MILLIS),
    max = read_integer(given, 'retryMaxMillis', 0, MAX_RETRY_MILLIS),
    jitter = read_integer(given, 'jitterPerMillion', 0, 1000000),
  }
  if not retry.base and not retry.max and not retry.jitter then
    return nil
  end
  for field, name in pairs({base = 'retryBaseMillis', max = 'retryMaxMillis', jitter = 'jitterPerMillion'}) do
    if not retry[field] then
      refuse(name .. ' is missing: retryBaseMillis, retryMaxMillis and jitterPerMillion come together')
    end
  end
  return retry
end

-- What the change says of the lease by which it is made; its status is known.
local function read_lease(given, change)
  for name, status in pairs(OF_LEASES) do
    if given[name] and not given.lease then
      refuse(name .. ' needs a lease')
    end
    if given[name] and status ~= 'any' and status ~= change.status then
      refuse(name .. ' needs the status ' .. status .. ', not ' .. change.status)
    end
  end
  if not given.lease then
    return
  end
  if not is_lease(given.lease) then
    refuse('lease must be 1 to 128 of A-Z a-z 0-9 . _ -, not ' .. shown(given.lease))
  end
  if given.plain then
    refuse('plain is no change that a lease allows')
  end
  change.lease = given.lease
  change.begins = read_flag(given, 'begins') == '1'
  change.delay = read_integer(given, 'delayMillis', 0, MAX_MILLIS) or 0
  change.retry = read_retry(given)
  change.dead_ttl = read_integer(given, 'deadTtlMillis', 0, MAX_MILLIS)
end

local function read_apply(given)
  local change = {
    limits = read_limits(given),
    progress = read_object(given, 'progress', '^%s*[%d-]', 'current'),
    result = read_json(given, 'result'),
    error = read_object(given, 'error', '^%s*"', 'message'),
    result_url = read_url(given),
    type = read_text(given, 'type', 128),
    owner = read_owner(given),
    event_id = read_text(given, 'eventId', 128),
    plain = read_text(given, 'plain', 256),
    creates = read_flag(given, 'create') ~= '0',
  }
  local status = given.status or (change.progress and 'processing')
  if not status then
    refuse('status is missing')
  end
  change.status = SPELLINGS[string.lower(status)]
  if not change.status then
    refuse('status must be one of queued, processing, completed, failed, cancelled, not ' .. shown(status))
  end
  if not TERMINAL[change.status] and (change.result or change.result_url ~= '') then
    refuse('a result needs a status that ends the job')
  end
  read_lease(given, change)
  return change
end

-- The id of another job, with or without the job: before it.
local function read_id(given, name)
  local id = string.gsub(given[name] or '', '^job:', '')
  if given[name] and not is_id(id) then
    refuse(name .. ' must be a job id, 1 to 128 of A-Z a-z 0-9 . _ ~ : -, not ' .. shown(given[name]))
  end
  return id
end

-- What names the submission where the caller does not.
local function own_fingerprint(given)
  local parts = {}
  for _, name in ipairs({'type', 'input', 'priority', 'webhook', 'correlationId', 'ttlMillis'}) do
    local value = given[name]
    parts[#parts + 1] = value and #value .. ':' .. value or '-'
  end
  parts[#parts + 1] = given.originalJobId
  for _, name in ipairs({'maxAttempts', 'runAtMillis', 'plannedAttempts', 'after', 'afterFailure'}) do
    local value = given[name]
    parts[#parts + 1] = value and name .. '=' .. #value .. ':' .. value
  end
  return redis.sha1hex(table.concat(parts, ','))
end

-- When workers may have the job, and how often.
local function read_work(given)
  local after = read_json(given, 'after')
  if after and not string.find(after, '^%s*%[') then
    refuse('after must be a JSON array, not ' .. shown(after))
  end
  local failure = given.afterFailure
  if failure and failure ~= 'fail' and failure ~= 'cancel' then
    refuse('afterFailure must be fail or cancel, not ' .. shown(failure))
  end
  local work = {
    max_attempts = read_integer(given, 'maxAttempts', 0, MAX_ATTEMPTS) or 0,
    run_at = read_integer(given, 'runAtMillis', 0, MAX_TIME) or 0,
    planned = read_integer(given, 'plannedAttempts', 0, MAX_ATTEMPTS),
    after = after,
    after_failure = failure,
  }
  if work.max_attempts > 0 and not given.type then
    refuse('maxAttempts needs a type, which names the queue')
  end
  return work
end

local function read_create(given)
  local fingerprint = read_text(given, 'fingerprint', 256)
  return {
    work = read_work(given),
    limits = read_limits(given),
    type = read_text(given, 'type', 128),
    input = read_json(given, 'input'),
    priority = read_integer(given, 'priority', -1000000, 1000000) or 0,
    webhook = read_object(given, 'webhook'),
    correlation_id = read_text(given, 'correlationId', 256),
    original_id = read_id(given, 'originalJobId'),
    ttl = read_integer(given, 'ttlMillis', 1, MAX_MILLIS),
    owner = read_owner(given),
    fingerprint = fingerprint == '' and own_fingerprint(given) or fingerprint,
  }
end

-- The record ---------------------------------------------------------------------------------------------------------

local function damaged(what)
  refuse('damaged: ' .. record_key .. ' ' .. what)
end

local function number_of(job, field, max)
  local text = job[field]
  if text == '' then
    return nil
  end
  local number = tonumber(text)
  if not number or number < 0 or number > max or number % 1 ~= 0 then
    damaged('has ' .. field .. ' ' .. shown(text))
  end
  return number
end

local function require_type(key, wanted)
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= wanted then
    damaged('has a ' .. found .. ' under ' .. key .. ' where a ' .. wanted .. ' belongs')
  end
end

-- The record as a table; nil where there is none.
local function read_record()
  local values = redis.pcall('HMGET', record_key, unpack(FIELDS))
  if values.err then
    if string.find(values.err, 'WRONGTYPE', 1, true) then
      damaged('is not a job record')
    end
    refuse('cannot read ' .. record_key .. ': ' .. values.err)
  end
  local job = {}
  for i = 1, #FIELDS do
    job[FIELDS[i]] = values[i] or ''
  end
  if job.version == '' then
    if redis.call('EXISTS', record_key) == 1 then
      damaged('is not a job record')
    end
    return nil
  end
  for i = 1, #TIMES do
    job[TIMES[i]] = number_of(job, TIMES[i], MAX_TIME)
  end
  job.version = number_of(job, 'version', MAX_VERSION)
  job.attempt = number_of(job, 'attempt', 1000000000) or 1
  job.maxAttempts = number_of(job, 'maxAttempts', MAX_ATTEMPTS) or 0
  job.released = number_of(job, 'released', 1000000000) or 0
  if job.version < 1 or not job.created or not job.updated then
    damaged('has no version or times')
  end
  if SPELLINGS[job.status] ~= job.status then
    damaged('has status ' .. shown(job.status))
  end
  if TERMINAL[job.status] and not job.expires then
    damaged('has ended and no expiry')
  end
  if job.leaseId ~= '' and not is_lease(job.leaseId) then
    damaged('has leaseId ' .. shown(job.leaseId))
  end
  if job.dead ~= '' and job.dead ~= '0' and job.dead ~= '1' then
    damaged('has dead ' .. shown(job.dead))
  end
  if #job.incarnation > 32 or not string.find(job.incarnation, '^%w+$') then
    damaged('has incarnation ' .. shown(job.incarnation))
  end
  return job
end

-- Time in microseconds in base 36: ten characters, and no second life of a job can begin in the same microsecond.
local function new_incarnation(micros)
  local digits = '0123456789abcdefghijklmnopqrstuvwxyz'
  local text = ''
  while micros > 0 do
    local digit = micros % 36
    text = string.sub(digits, digit + 1, digit + 1) .. text
    micros = math.floor(micros / 36)
  end
  return text
end

local function new_record(time, owner)
  return {
    is_new = true, version = 0, incarnation = new_incarnation(time[1] * 1000000 + time[2]), status = 'queued',
    type = '', owner = owner, created = now, progress = '', result_part = '', other_part = '', attempt = 1,
    correlationId = '', originalJobId = '', eventId = '', fingerprint = '', plainOwner = '', epoch = '', hooks = '',
    maxAttempts = 0, released = 0, leaseId = '', due = 0, dead = '0',
  }
end

-- The members of the stored document that are kept nowhere else: the result, then its URL and the error.
local function recall_ending(job)
  local from, middle, to = string.match(job.ending, '^(%d+)-(%d+)-(%d+)$')
  job.result_part, job.other_part = '', ''
  if from then
    local document = redis.call('HGET', record_key, 'doc') or ''
    job.result_part = string.sub(document, from, middle - 1)
    job.other_part = string.sub(document, middle, to - 1)
    if not string.find(job.result_part .. job.other_part, '^,"[er]') then
      damaged('has a document that is not its own')
    end
  end
end

-- Writing ------------------------------------------------------------------------------------------------------------

-- A member of a document; nothing where it has no value.
local function member(name, json)
  return json and ',"' .. name .. '":' .. json or ''
end

local function text_member(name, text)
  return text ~= '' and ',"' .. name .. '":' .. quoted(text) or ''
end

local function time_member(name, millis)
  return millis and ',"' .. name .. '":' .. time_text(millis) or ''
end

-- The document in the order of JobJson without its first brace, its copy for the log without the result, and where its
-- ending stands in the document.
local function documents(job)
  local head = '"jobId":"' .. job_id .. '"' .. text_member('type', job.type)
    .. ',"status":"' .. job.status .. '","version":' .. string.format('%.0f', job.version)
    .. ',"incarnation":"' .. job.incarnation .. '"' .. member('progress', job.progress ~= '' and job.progress)
    .. ',"createdAt":' .. time_text(job.created) .. ',"updatedAt":' .. time_text(job.updated)
    .. time_member('startedAt', job.started) .. time_member('completedAt', job.completed)
    .. time_member('expiresAt', job.expires)
  local foot = ',"attempt":' .. string.format('%.0f', job.attempt)
    .. text_member('correlationId', job.correlationId) .. text_member('originalJobId', job.originalJobId) .. '}'
  local result, other = job.result_part, job.other_part
  local from = #head + 2
  local ending = (result ~= '' or other ~= '')
    and from .. '-' .. from + #result .. '-' .. from + #result + #other or ''
  local body = head .. result .. other .. foot
  return body, result == '' and body or head .. other .. foot, ending
end

-- How the work on a job stands. The type comes last, for it may contain anything.
local function work_of(job)
  if job.maxAttempts == 0 then
    return ''
  end
  return string.format('%s|%.0f|%.0f|%.0f|%s|%s|', job.status, job.attempt, job.maxAttempts, job.due or 0,
    job.dead == '1' and '1' or '0', job.leaseId) .. job.type
end

local function reply_of(outcome, job, document)
  return {outcome, document, job.owner, string.format('%.0f', job.created), '', work_of(job)}
end

local function answer(outcome, job)
  if not job then
    return {outcome, '', '', '', '', ''}
  end
  return reply_of(outcome, job, redis.call('HGET', record_key, 'doc') or '')
end

-- Redis names its history anew with each restart and failover, which may have undone the last changes. Clients may have seen
-- them: so that no version names two states, the job's first version of a new history is beyond any that was undone.
local function next_version(job)
  local info = redis.pcall('INFO', 'replication')
  local history = type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or ''
  local epoch = string.sub(history, 1, 12)
  local another = job.epoch ~= '' and epoch ~= '' and job.epoch ~= epoch
  job.epoch = epoch ~= '' and epoch or job.epoch
  return job.version + 1 + (another and UNDONE_VERSIONS or 0)
end

-- What a webhook wants to hear of: e for the end, p for progress too, nil where there is none.
local function hooks_of(webhook)
  if not webhook then
    return nil
  end
  local known, object = pcall(cjson.decode, webhook)
  local events = known and type(object) == 'table' and object.events
  for _, event in ipairs(type(events) == 'table' and events or {}) do
    if event == 'progress' then
      return 'p'
    end
  end
  return 'e'
end

-- Whether webhooks are to be told of this step. Only a job that ends or progresses asks for what others want.
local function is_told(job, step, limits)
  if not limits.webhooks then
    return false
  end
  if step == 'progress' and job.told and math.abs(now - job.told) < limits.progressIntervalMillis then
    return false
  end
  local wanted = step == 'progress' and '^p' or '^[ep]'
  if string.find(job.hooks, wanted) then
    return true
  end
  local others = step ~= 'adoption' and redis.pcall('GET', WANTS)
  return type(others) == 'string' and string.find(others, wanted) ~= nil
end

-- What the outbox is to take; nil where it is full, or out of reach.
local function outbox_event(job, step, document, more, limits)
  local length = redis.pcall('XLEN', OUTBOX)
  if type(length) ~= 'number' or length >= limits.outboxEvents then
    return nil
  end
  local webhook = more.submitted and more.submitted.webhook
    or job.hooks ~= '' and redis.call('HGET', record_key, 'webhook') or ''
  return {
    'job', job_id, 'incarnation', job.incarnation, 'version', string.format('%.0f', job.version), 'status', job.status,
    'progress', step == 'progress' and '1' or '0', 'owner', job.owner, 'type', job.type, 'doc', document, 'webhook', webhook,
  }
end

-- What to write for a job that is to move: the last checks, and everything that needs no more than memory.
local function plan(outcome, job, limits, more)
  if job.version >= MAX_VERSION then
    damaged('has no version left')
  end
  require_type(log_key, 'list')
  if more.large_result then
    require_type(result_key, 'string')
  end
  if redis.acl_check_cmd and not redis.acl_check_cmd('PUBLISH', record_key, '') then
    refuse('this user may not publish to ' .. record_key)
  end
  if not more.silent then
    job.version, job.updated = next_version(job), now
  end
  local body, logged, ending = documents(job)
  local document = '{' .. body
  local told = more.tells and is_told(job, more.tells, limits)
  local event = told and outbox_event(job, more.tells, document, more, limits)
  local fields = {'doc', document, 'ending', ending, 'eventId', job.eventId, 'progress', job.progress}
  local function set(name, value)
    if value and value ~= '' then
      fields[#fields + 1] = name
      fields[#fields + 1] = type(value) == 'number' and string.format('%.0f', value) or value
    end
  end
  for _, name in ipairs({'version', 'status', 'type', 'updated', 'started', 'completed', 'expires', 'epoch'}) do
    set(name, job[name])
  end
  if job.is_new or more.submitted then
    for _, name in ipairs({'incarnation', 'owner', 'created', 'attempt', 'correlationId', 'originalJobId', 'fingerprint',
      'ttl'}) do
      set(name, job[name])
    end
  end
  if more.works then
    set('attempt', job.attempt)
    set('maxAttempts', job.maxAttempts)
    set('released', job.released)
    set('due', job.due)
    set('dead', job.dead)
    fields[#fields + 1] = 'leaseId'
    fields[#fields + 1] = job.leaseId
  end
  if event and more.tells == 'progress' then
    set('told', now)
  end
  for name, value in pairs(more.submitted or more.lease or {}) do
    set(name, value)
  end
  local life = job.expires and math.max(job.expires - now, 1) or limits.maxAgeMillis + MAX_AGE_GRACE_MILLIS
  return {
    reply = reply_of(outcome, job, document), fields = fields, is_new = job.is_new,
    published = '{"rb":1,' .. body, logged = '{' .. logged, log_events = limits.logEvents,
    silent = more.silent, publish = limits.publish, large_result = more.large_result, result_life = string.format('%.0f', life),
    life = string.format('%.0f', life + limits.tombstoneMillis), told = told, event = event,
  }
end

-- Adds to the outbox: the event's name there, or nothing. A job moves whether its webhooks can be told or not: a cluster has their keys elsewhere, an access list may forbid them.
local function tell(event)
  local added = event and redis.pcall('XADD', OUTBOX, '*', unpack(event))
  if type(added) == 'string' then
    return added
  end
  redis.pcall('INCR', DROPPED)
  return ''
end

-- The first write is one that Redis refuses when it has no memory left; after it, none is refused for that reason.
local function commit(step)
  if step.again then
    redis.call('PEXPIRE', record_key, step.again)
    return step.reply
  end
  redis.call('HSET', record_key, unpack(step.fields))
  if step.told then
    step.reply[5] = tell(step.event)
  end
  if step.is_new then
    redis.call('DEL', log_key, result_key)
  end
  if step.large_result then
    redis.call('SET', result_key, step.large_result, 'PX', step.result_life)
  end
  redis.call('PEXPIRE', record_key, step.life)
  if step.silent then
    return step.reply
  end
  if step.log_events > 0 then
    redis.call('RPUSH', log_key, step.logged)
    redis.call('LTRIM', log_key, -step.log_events, -1)
    redis.call('PEXPIRE', log_key, step.life)
  end
  if step.publish then
    redis.call('PUBLISH', record_key, step.published)
  end
  return step.reply
end

-- The answer that tells of a job without changing it; where replicas are to be waited for, with a write that changes nothing,
-- and that Redis does not refuse when it has no memory left.
local function answer_unchanged(outcome, job, limits)
  local life = limits.publish and 0 or redis.call('PTTL', record_key)
  if life < 1 then
    return answer(outcome, job)
  end
  return nil, {again = string.format('%.0f', life), reply = answer(outcome, job)}
end

-- The operations -----------------------------------------------------------------------------------------------------

-- Why a change by a lease is not made; nil where nothing stands against it.
local function lease_refusal(job, change)
  if job.maxAttempts == 0 then
    return change.begins and 'refused' or 'stale'
  end
  local held = job.leaseId == change.lease
  if change.begins then
    return job.status ~= 'queued' and (held and 'duplicate' or 'refused') or nil
  end
  if not held then
    return 'stale'
  end
  if TERMINAL[job.status] then
    return job.status == change.status and 'duplicate' or 'refused'
  end
  return change.event_id ~= '' and change.event_id == job.eventId and 'duplicate' or nil
end

-- Why a change of this job is not made; nil where nothing stands against it.
local function refusal(job, change)
  if change.lease then
    return lease_refusal(job, change)
  end
  if change.event_id ~= '' and change.event_id == job.eventId then
    return 'duplicate'
  end
  if TERMINAL[job.status] then
    return job.status == change.status and 'duplicate' or 'refused'
  end
  local ends = TERMINAL[change.status]
  if change.plain ~= '' and not ends and job.plainOwner ~= change.plain and (job.plainUntil or 0) > now then
    return 'leased'
  end
  if change.status == 'queued' then
    return 'refused'
  end
  return nil
end

-- When a job is due again of which so many attempts have failed.
local function due_after(retry, tried)
  local grown = retry.base * 2 ^ math.min(math.max(0, tried - 1), MAX_DOUBLINGS)
  return now + math.floor(math.min(retry.max, grown) * retry.jitter / 1000000)
end

-- The job is queued again. The error stays to be seen until the next attempt begins.
local function queue_again(job, change, due)
  job.attempt, job.leaseId, job.due, job.progress = job.attempt + 1, '', due, ''
  change.status, change.progress, change.result, change.result_url = 'queued', nil, nil, ''
end

-- What becomes of the work by a change that the lease allows, and of the change.
local function work_on(job, change)
  if change.begins then
    job.leaseId, job.due = change.lease, 0
  elseif change.status == 'queued' then
    job.released = job.released + 1
    queue_again(job, change, now + change.delay)
  elseif change.status == 'failed' then
    local tried = job.attempt - job.released
    if change.retry and tried < job.maxAttempts then
      queue_again(job, change, due_after(change.retry, tried))
    else
      job.dead = '1'
    end
  end
end

-- Takes over what the change says; the progress stays until it is replaced, all else is this change's.
local function move(job, change)
  if change.lease then
    work_on(job, change)
  end
  job.status = change.status
  job.type = job.type == '' and change.type or job.type
  job.eventId = change.event_id
  job.progress = change.progress or job.progress
  if change.status == 'processing' and not job.started then
    job.started = now
  end
  local more = {tells = TERMINAL[change.status] and 'end' or change.progress and 'progress', works = change.lease}
  if TERMINAL[change.status] then
    local ttl = job.ttl or change.limits.resultTtlMillis
    job.completed = now
    job.expires = now + (change.lease and job.dead == '1' and math.max(ttl, change.dead_ttl) or ttl)
  end
  local result_url = change.result_url
  job.result_part, job.other_part = '', ''
  if change.result and #change.result > change.limits.inlineBytes then
    more.large_result = change.result
    result_url = '/jobs/' .. job_id .. '/result'
  elseif change.result then
    job.result_part = ',"result":' .. change.result
  end
  if result_url ~= '' then
    job.other_part = ',"resultUrl":' .. quoted(result_url)
  end
  if change.error then
    job.other_part = job.other_part .. ',"error":' .. change.error
  end
  if change.plain ~= '' then
    more.lease = {plainOwner = change.plain, plainUntil = now + PLAIN_LEASE_MILLIS}
  end
  return more
end

local function is_foreign(job, owner)
  return job.owner ~= '' and owner ~= '' and job.owner ~= owner
end

local function apply(change, job, time)
  if not job then
    if not change.creates or change.lease then
      return answer('unknown')
    end
    job = new_record(time, change.owner)
  elseif is_foreign(job, change.owner) then
    return answer('unknown')
  elseif job.expires and now >= job.expires then
    return answer('expired')
  else
    local outcome = refusal(job, change)
    if outcome then
      return answer_unchanged(outcome, job, change.limits)
    end
  end
  local more = move(job, change)
  return nil, plan('applied', job, change.limits, more)
end

-- A record without a fingerprint was made by a worker's event that came first: it is adopted as it stands. One that has
-- ended keeps its version and is not published again: a terminal event comes once.
local function create(submission, job, time)
  if not job then
    job = new_record(time, submission.owner)
  elseif is_foreign(job, submission.owner) then
    return answer('unknown')
  elseif job.expires and now >= job.expires then
    return answer('expired')
  elseif job.fingerprint ~= '' then
    local outcome = job.fingerprint == submission.fingerprint and 'repeated' or 'conflict'
    return answer_unchanged(outcome, job, submission.limits)
  else
    recall_ending(job)
  end
  job.type = submission.type ~= '' and submission.type or job.type
  job.owner = submission.owner ~= '' and submission.owner or job.owner
  job.correlationId = submission.correlation_id ~= '' and submission.correlation_id or job.correlationId
  job.originalJobId = submission.original_id ~= '' and submission.original_id or job.originalJobId
  job.ttl = submission.ttl or job.ttl
  job.fingerprint = submission.fingerprint
  job.hooks = hooks_of(submission.webhook) or ''
  local work = submission.work
  job.maxAttempts, job.due = work.max_attempts, work.run_at
  return nil, plan('created', job, submission.limits, {
    silent = TERMINAL[job.status],
    tells = TERMINAL[job.status] and 'adoption',
    works = work.max_attempts > 0,
    submitted = {
      input = submission.input, priority = submission.priority, webhook = submission.webhook, hooks = job.hooks,
      runAt = work.run_at > 0 and work.run_at, plannedAttempts = work.planned, after = work.after,
      afterFailure = work.after_failure,
    },
  })
end

-- Checks everything and decides: an answer where nothing is to be written, else nil and the plan.
local function decide()
  read_keys()
  local operation, given = read_pairs()
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
  if operation == 'apply' then
    return apply(read_apply(given), read_record(), time)
  end
  return create(read_create(given), read_record(), time)
end

local decided, reply, step = pcall(decide)
if not decided then
  local text = tostring(reply)
  return redis.error_reply(string.find(text, '^RINGBACK ') and text or 'RINGBACK failed: ' .. text)
end
return reply or commit(step)
