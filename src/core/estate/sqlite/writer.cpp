// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/writer.h"

#include <utility>

#include "base/telemetry/log.h"

namespace hullmark::sqlite {
namespace {

constexpr std::size_t kMaxGroup = 256;
constexpr int kCheckpointPages = 4000;
constexpr std::chrono::milliseconds kRetryTidyAfter{200};

// What a frame did to the estate, without the news that it was looked at.
std::uint64_t CountChanges(const std::vector<model::Change>& changes, std::size_t from) {
  std::uint64_t count = 0;
  for (std::size_t i = from; i < changes.size(); ++i) {
    if (!std::holds_alternative<model::SourceSeen>(changes[i]) &&
        !std::holds_alternative<model::ExtentSeen>(changes[i])) {
      ++count;
    }
  }
  return count;
}

}  // namespace

struct Writer::Job : Waiter {
  estate::PreparedFrame frame;
  std::uint64_t records = 0;
  std::optional<estate::ReportRecord> report;
  Work work;  // instead of a frame
  Result<estate::Applied> result;
  bool put_off = false;  // not answered with the group it came in
};

Result<std::unique_ptr<Writer>> Writer::Open(Database db, const WriterOptions& options,
                                             Publisher::OnPublication on_publication) {
  std::unique_ptr<Writer> writer(new Writer(std::move(db), options, std::move(on_publication)));
  HM_TRY(writer->Prepare());
  writer->thread_ = std::thread([raw = writer.get()] { raw->Loop(); });
  return writer;
}

Status Writer::Prepare() {
  db_.TakeOverCheckpoints();
  applier_ = HM_TRY(FrameApplier::Open(db_, counters_));
  log_ = HM_TRY(ChangeLog::Open(db_, counters_));
  reports_ = HM_TRY(ReportTable::Open(db_));
  stager_ = HM_TRY(Stager::Open(db_, counters_, *applier_, *log_));
  savepoint_ = HM_TRY(db_.Prepare("SAVEPOINT submission"));
  release_ = HM_TRY(db_.Prepare("RELEASE submission"));
  roll_back_ = HM_TRY(db_.Prepare("ROLLBACK TO submission"));
  Transaction transaction = HM_TRY(Transaction::Begin(db_, true));
  HM_TRY(stager_->Recover());
  return transaction.Commit();
}

Writer::~Writer() { Stop(); }

void Writer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  publisher_.reset();
}

Result<estate::Applied> Writer::Apply(estate::PreparedFrame frame,
                                      std::optional<estate::ReportRecord> report) {
  const auto job = std::make_shared<Job>();
  job->records = frame.records.size();
  job->frame = std::move(frame);
  job->report = std::move(report);
  Submit(job, true);
  job->done.acquire();
  return std::move(job->result);
}

Status Writer::Run(Work work) {
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  Submit(job, true);
  job->done.acquire();
  if (!job->result) return std::unexpected(std::move(job->result).error());
  return {};
}

void Writer::RunSometime(Work work) {
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  Submit(job, false);
}

bool Writer::Submit(JobPtr job, bool wait_for_room) {
  std::unique_lock lock(mutex_);
  const auto has_room = [&] { return queue_.size() < options_.max_queued; };
  if (!wait_for_room && !has_room()) return false;
  changed_.wait(lock, has_room);
  queue_.push_back(std::move(job));
  lock.unlock();
  changed_.notify_all();
  return true;
}

bool Writer::HasLargeWork() const {
  return stager_->phase() != Stager::Phase::kIdle || !large_.empty();
}

std::vector<Writer::JobPtr> Writer::TakeGroup() {
  std::vector<JobPtr> group;
  const bool free = stager_->phase() == Stager::Phase::kIdle;
  while (free && !again_.empty()) {
    group.push_back(std::move(again_.front()));
    again_.pop_front();
  }
  std::unique_lock lock(mutex_);
  const auto has_news = [&] { return !queue_.empty() || stopping_; };
  if (stuck_) {
    changed_.wait_for(lock, kRetryTidyAfter, has_news);
  } else if (group.empty() && !HasLargeWork()) {
    changed_.wait(lock, has_news);
  }
  while (!queue_.empty() && group.size() < kMaxGroup) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  lock.unlock();
  changed_.notify_all();
  return group;
}

void Writer::Loop() {
  for (;;) {
    const std::vector<JobPtr> group = TakeGroup();
    if (!group.empty()) CommitGroup(group);
    if (HasLargeWork()) {
      LargeStep();
    } else if (group.empty() && again_.empty()) {
      return;  // only a stop wakes it with nothing to do
    }
    MayCheckpoint();
    const std::lock_guard lock(mutex_);
    // What cannot be tidied up now is undone at the next start.
    if (stopping_ && stuck_ && queue_.empty() && again_.empty()) return;
  }
}

void Writer::CommitGroup(const std::vector<JobPtr>& group) {
  const Mark mark = TakeMark();
  std::vector<model::Change> changes;
  people_said_ = false;
  Status done = DoGroup(group, changes);
  if (!done) {
    RollBack(mark);
  }
  std::vector<std::shared_ptr<Waiter>> waiters;
  for (const JobPtr& job : group) {
    if (job->put_off) continue;
    if (!done) {
      job->result = std::unexpected(done.error());
    } else if (job->result) {
      job->result->receipt.change_seq = log_->seq();
    }
    waiters.push_back(job);
  }
  if (!done) changes.clear();
  Publish(std::move(changes), std::move(waiters));
}

Status Writer::DoGroup(const std::vector<JobPtr>& group, std::vector<model::Change>& changes) {
  HM_TRY(Refresh());
  Transaction transaction = HM_TRY(Transaction::Begin(db_, true));
  for (const JobPtr& job : group) HM_TRY(DoJob(job, changes));
  if (!changes.empty()) HM_TRY(log_->Append(options_.clock->Now(), changes));
  return transaction.Commit();
}

// Fails only when the whole transaction is lost; a refusal is the job's own result.
Status Writer::DoJob(const JobPtr& job, std::vector<model::Change>& changes) {
  job->put_off = false;
  if (!job->work) return DoFrame(job, changes);
  HM_TRY(savepoint_.Run());
  if (Status done = job->work(db_); !done) {
    if (!db_.in_transaction()) return done;
    job->result = std::unexpected(std::move(done).error());
    HM_TRY(roll_back_.Run());
  }
  return release_.Run();
}

// What can be said before anything is written; `settled` when that is all.
Status Writer::Judge(Job& job, FrameApplier::Admission& admission, bool& settled) {
  settled = true;
  if (job.report) {
    const estate::ReportRecord& report = *job.report;
    std::optional<estate::ReportRecord> earlier =
        HM_TRY(reports_->Find(report.issuer, report.token_id, report.route));
    if (earlier) {
      job.result->earlier = std::move(earlier);
      return {};
    }
  }
  Result<FrameApplier::Admission> admitted = applier_->Admit(job.frame);
  if (!admitted) {
    if (!db_.in_transaction()) return std::unexpected(std::move(admitted).error());
    job.result = std::unexpected(std::move(admitted).error());
    return {};
  }
  admission = *std::move(admitted);
  job.result->receipt.records = job.records;
  settled = admission.verdict == estate::Verdict::kRepeated;
  job.result->receipt.repeated = settled;
  return {};
}

bool Writer::IsLarge(const estate::PreparedFrame& frame,
                     const FrameApplier::Admission& admission) const {
  const std::size_t stands =
      admission.extent ? static_cast<std::size_t>(admission.extent->statements) : 0;
  return frame.records.size() > options_.stage_above ||
         (frame.header.complete && stands > options_.stage_above);
}

Status Writer::DoFrame(const JobPtr& job, std::vector<model::Change>& changes) {
  if (stager_->Holds(job->frame.header)) {
    job->put_off = true;
    again_.push_back(job);
    return {};
  }
  FrameApplier::Admission admission;
  bool settled = false;
  HM_TRY(Judge(*job, admission, settled));
  if (settled) return {};
  if (IsLarge(job->frame, admission)) {
    job->put_off = true;
    large_.push_back(job);
    return {};
  }
  // A savepoint makes SQLite keep a copy of each page it changes: only for what may yet be refused.
  if (!job->frame.may_be_refused) return ApplyFrame(*job, admission, changes);
  const Mark mark = TakeMark();
  const std::size_t before = changes.size();
  HM_TRY(savepoint_.Run());
  Status applied = ApplyFrame(*job, admission, changes);
  if (!applied) {
    if (!db_.in_transaction()) return applied;
    job->result = std::unexpected(std::move(applied).error());
    HM_TRY(roll_back_.Run());
    changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(before), changes.end());
    RollBack(mark);
    HM_TRY(Refresh());
  }
  return release_.Run();
}

Status Writer::ApplyFrame(Job& job, const FrameApplier::Admission& admission,
                          std::vector<model::Change>& changes) {
  const std::size_t before = changes.size();
  FrameScope scope = HM_TRY(applier_->Enter(job.frame, admission, 0, changes));
  if (!admission.source.announced) HM_TRY(applier_->sources().Announce(job.frame.header, scope));
  FrameProgress progress;
  progress.closes = job.frame.header.complete && admission.extent && admission.extent->last;
  HM_TRY(applier_->ApplyAll(job.frame, scope, progress));
  if (job.report) HM_TRY(reports_->Add(*job.report));
  people_said_ = people_said_ || !progress.people_said.empty();
  job.result->receipt.changes = CountChanges(changes, before);
  return {};
}

Status Writer::BeginLarge(Job& job) {
  FrameApplier::Admission admission;
  bool settled = false;
  HM_TRY(Judge(job, admission, settled));
  if (settled) return {};
  return stager_->Begin(std::move(job.frame), admission);
}

Status Writer::LargeTransaction(std::vector<model::Change>& published, bool& tidied) {
  HM_TRY(Refresh());
  Transaction transaction = HM_TRY(Transaction::Begin(db_, true));
  const Deadline deadline = DeadlineIn(options_.slice);
  switch (stager_->phase()) {
    case Stager::Phase::kIdle:
      HM_TRY(BeginLarge(*staged_job_));
      break;
    case Stager::Phase::kApplying:
      HM_TRY(stager_->Slice(deadline));
      break;
    case Stager::Phase::kReady:
      published = HM_TRY(stager_->Publish(options_.clock->Now()));
      if (staged_job_->report) HM_TRY(reports_->Add(*staged_job_->report));
      break;
    case Stager::Phase::kMoving:
    case Stager::Phase::kUndoing:
      tidied = HM_TRY(stager_->Tidy(deadline));
      break;
  }
  return transaction.Commit();
}

void Writer::LargeStep() {
  const Stager::Phase phase = stager_->phase();
  if (phase == Stager::Phase::kIdle) {
    staged_job_ = std::move(large_.front());
    large_.pop_front();
  }
  const Mark mark = TakeMark();
  std::vector<model::Change> published;
  bool tidied = false;
  Status done = LargeTransaction(published, tidied);
  stuck_ = false;
  if (!done) {
    RollBack(mark);
    LargeFailed(phase, std::move(done).error());
    return;
  }
  if (phase == Stager::Phase::kReady) {
    stager_->Published();
    staged_job_->result->receipt.changes = CountChanges(published, 0);
    people_said_ = true;
    AnswerLarge(std::move(published));
  } else if (tidied) {
    stager_->Tidied();
  } else if (stager_->phase() == Stager::Phase::kIdle) {
    AnswerLarge({});  // refused or settled without being staged
  }
}

void Writer::LargeFailed(Stager::Phase phase, Error error) {
  if (phase == Stager::Phase::kMoving || phase == Stager::Phase::kUndoing) {
    telemetry::LogWarning("estate: tidying up after a large frame failed",
                          {{"error", error.message()}});
    stager_->TidyAgain();
    stuck_ = true;
    return;
  }
  staged_job_->result = std::unexpected(std::move(error));
  stager_->Abort();
  AnswerLarge({});
}

void Writer::AnswerLarge(std::vector<model::Change> published) {
  if (staged_job_->result) staged_job_->result->receipt.change_seq = log_->seq();
  Publish(std::move(published), {std::exchange(staged_job_, nullptr)});
}

// After a rollback nothing kept in memory may be trusted; the numbers that were given are free
// again.
void Writer::RollBack(const Mark& mark) {
  counters_ = mark.counters;
  log_->set_seq(mark.seq);
  stager_->TakeBack(mark.staged);
  stale_ = true;
}

Status Writer::Refresh() {
  if (!stale_) return {};
  HM_TRY(applier_->Forget());
  reports_->Forget();
  stale_ = false;
  return {};
}

// Whoever had nothing to change is answered in turn, too: what it found may not have been told yet.
void Writer::Publish(std::vector<model::Change> changes,
                     std::vector<std::shared_ptr<Waiter>> waiters) {
  if (changes.empty() && waiters.empty()) return;
  publisher_->Publish({{log_->seq(), std::move(changes)}, people_said_, std::move(waiters)});
}

void Writer::MayCheckpoint() {
  if (db_.log_pages() < kCheckpointPages) return;
  if (Status done = db_.Checkpoint(); !done) {
    telemetry::LogWarning("estate: the log could not be folded into the file",
                          {{"error", done.error().message()}});
  }
}

}  // namespace hullmark::sqlite
