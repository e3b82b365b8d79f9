import ArgumentParser
import Simulation

extension Keeping: ExpressibleByArgument {}
