// SPDX-License-Identifier: Apache-2.0
//
// The one writer: a thread that takes what waits, applies it in one transaction, with a savepoint
// where it may be refused half way, and makes it durable with one sync (group commit); the
// publisher tells the follower and answers.  Large frames go between the groups in slices.
// Thread-safety: thread-safe, but for Open, Stop and the destructor.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/estate/prepare.h"
#include "core/estate/sqlite/change_log.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/frame_applier.h"
#include "core/estate/sqlite/publisher.h"
#include "core/estate/sqlite/report_table.h"
#include "core/estate/sqlite/stager.h"
#include "core/estate/store.h"

namespace hullmark::sqlite {

struct WriterOptions {
  const Clock* clock = nullptr;  ///< borrowed, outlives the writer
  std::size_t max_queued = 0;
  std::size_t stage_above = 0;
  std::chrono::milliseconds slice{0};
};

class Writer {
 public:
  using Work = std::function<Status(Database&)>;
  /// Takes over the connection, undoes what a killed process left, and starts the thread.
  static Result<std::unique_ptr<Writer>> Open(Database db, const WriterOptions& options,
                                              Publisher::OnPublication on_publication);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Finishes what was submitted and ends the thread; nothing may be submitted from here on.
  void Stop();

  /// Waits until it is durable or refused.
  Result<estate::Applied> Apply(estate::PreparedFrame frame,
                                std::optional<estate::ReportRecord> report);
  /// Other changes to the file, with the same promise.
  Status Run(Work work);
  /// The same without waiting; may be dropped when there is much to do.
  void RunSometime(Work work);

 private:
  struct Job;
  using JobPtr = std::shared_ptr<Job>;

  Writer(Database db, const WriterOptions& options, Publisher::OnPublication on_publication)
      : db_(std::move(db)),
        options_(options),
        publisher_(std::make_unique<Publisher>(std::move(on_publication))) {}
  Status Prepare();

  bool Submit(JobPtr job, bool wait_for_room);
  void Loop();
  std::vector<JobPtr> TakeGroup();

  void CommitGroup(const std::vector<JobPtr>& group);
  Status DoGroup(const std::vector<JobPtr>& group, std::vector<model::Change>& changes);
  Status DoJob(const JobPtr& job, std::vector<model::Change>& changes);
  Status DoFrame(const JobPtr& job, std::vector<model::Change>& changes);
  Status ApplyFrame(Job& job, const FrameApplier::Admission& admission,
                    std::vector<model::Change>& changes);
  Status Judge(Job& job, FrameApplier::Admission& admission, bool& settled);
  bool IsLarge(const estate::PreparedFrame& frame, const FrameApplier::Admission& admission) const;

  bool HasLargeWork() const;
  void LargeStep();
  Status LargeTransaction(std::vector<model::Change>& published, bool& tidied);
  Status BeginLarge(Job& job);
  void LargeFailed(Stager::Phase phase, Error error);
  void AnswerLarge(std::vector<model::Change> published);

  Status Refresh();
  struct Mark {
    Counters counters;
    std::uint64_t seq;
    Stager::Mark staged;
  };
  Mark TakeMark() const { return {counters_, log_->seq(), stager_->mark()}; }
  void RollBack(const Mark& mark);
  void Publish(std::vector<model::Change> changes, std::vector<std::shared_ptr<Waiter>> waiters);
  void MayCheckpoint();

  Database db_;
  WriterOptions options_;
  Counters counters_;
  std::unique_ptr<FrameApplier> applier_;
  std::optional<ChangeLog> log_;
  std::optional<ReportTable> reports_;
  std::optional<Stager> stager_;
  Statement savepoint_, release_, roll_back_;

  // Owned by the thread.
  std::deque<JobPtr> again_;  // waited for an extent that was held
  std::deque<JobPtr> large_;  // wait to be staged
  JobPtr staged_job_;
  bool people_said_ = false;
  bool stale_ = false;  // a rollback happened: what is kept in memory must be read anew
  bool stuck_ = false;  // tidying up failed: try again a little later

  std::unique_ptr<Publisher> publisher_;

  std::mutex mutex_;
  std::condition_variable changed_;  // the queue or stopping_
  std::deque<JobPtr> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hullmark::sqlite
