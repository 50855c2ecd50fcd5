"""The implementations that the tests run: two that are correct, others with one defect each."""

from service import RUNNING, Service


class Synchronous(Service):
    """Correct: everything is done when the method answers."""


class Asynchronous(Service):
    """Correct: everything is done by jobs that end after some looks at them."""

    asynchronous = True


class PromotesAtSet(Service):
    """The protector that is set becomes the last known good one, without a start."""

    def store_protector(self, vm, protector):
        vm.last_known_good = protector
        return super().store_protector(vm, protector)


class RestoreConsumes(Service):
    """Restoring takes the last known good protector away."""

    def restore(self, vm):
        code = super().restore(vm)
        vm.last_known_good = None
        return code


class PolicyLostAtSet(Service):
    """A new protector throws the policy away."""

    def store_protector(self, vm, protector):
        vm.policy = None
        return super().store_protector(vm, protector)


class Truncates(Service):
    """Protectors are kept in 4,096 bytes."""

    def store_protector(self, vm, protector):
        return super().store_protector(vm, protector[:4096])


class ModifyResets(Service):
    """A protector is forgotten when security settings are modified."""

    def store_settings(self, vm, changes):
        vm.protector = None
        return super().store_settings(vm, changes)


class RefusedChanges(Service):
    """A call that is refused while the VM runs has set the protector all the same."""

    def set_key_protector(self, text, protector):
        found = self.read_text(text)
        answer = super().set_key_protector(text, protector)
        if found and found[0].power == RUNNING and protector:
            self.store_protector(found[0], protector)
        return answer


class SevenWithError(Asynchronous):
    """A job that failed shows JobState 7 beside its ErrorCode."""

    def finish(self, job):
        super().finish(job)
        job.state = 7


class RemovedEarly(Asynchronous):
    """Jobs are removed a minute after their end."""

    def retention(self):
        return 60_000


class LostUpdate(Asynchronous):
    """A second job is let in beside the first; both answer that they are done, and what the second
    one set is lost."""

    def busy(self, vm):
        return False

    def store_protector(self, vm, protector):
        if any(job.vm is vm and job.ended is None for job in list(self.jobs.values())[:-1]):
            return 0
        return super().store_protector(vm, protector)


class ChangeMoves(Asynchronous):
    """TimeOfLastStateChange is the time of the last look."""

    def read_job(self, name):
        shown = super().read_job(name)
        return {**shown, "TimeOfLastStateChange": self.now}


IMPLEMENTATIONS = {
    "synchronous": Synchronous, "asynchronous": Asynchronous, "promotes-at-set": PromotesAtSet,
    "restore-consumes": RestoreConsumes, "policy-lost-at-set": PolicyLostAtSet,
    "truncates": Truncates, "modify-resets": ModifyResets, "refused-changes": RefusedChanges,
    "seven-with-error": SevenWithError, "removed-early": RemovedEarly,
    "lost-update": LostUpdate, "change-moves": ChangeMoves,
}
